package io.weir.orchestration.file;

import io.weir.orchestration.file.FileStore.Written;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/// What passes on its way into a store: its size, its digest, and that it is not too much. For one content.
final class Counted {

    private final MessageDigest digest = sha256();
    private final long most;
    private long bytes;

    Counted(long most) {
        this.most = most;
    }

    /// The same buffer. Releases it and throws a 413 [PlatformException] where it is one too many.
    DataBuffer take(DataBuffer buffer) {
        bytes += buffer.readableByteCount();
        if (bytes > most) {
            DataBufferUtils.release(buffer);
            throw new PlatformException(
                    ProblemType.REQUEST_TOO_LARGE,
                    "The file is larger than " + most + " bytes, the limit. Split it into several.");
        }
        try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
            while (parts.hasNext()) {
                digest.update(parts.next());
            }
        }
        return buffer;
    }

    /// Of all that passed; once.
    Written written() {
        return new Written(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
