package io.weir.snapshots;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// A table's records on disk, one JSON line each, still signed: a file that was tampered with is refused like any
/// other forgery. Replaced as a whole, so that a crash leaves the former copy.
final class LastGoodCopy {

    private static final Logger LOG = LoggerFactory.getLogger(LastGoodCopy.class);

    private final Path file;

    LastGoodCopy(Path directory, SnapshotTopic<?> topic) {
        this.file = directory.resolve(topic.suffix() + ".snapshot");
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(
            @Nullable String key,
            long version,
            byte @Nullable [] value,
            @Nullable String signer,
            @Nullable String signature) {}

    /// Applies every record to the table. False where there is no copy; a broken line ends it, keeping what came
    /// before.
    boolean loadInto(SnapshotTable<?> table) {
        if (!Files.exists(file)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(file)) {
            lines.map(LastGoodCopy::parse).forEach(table::apply);
            return true;
        } catch (IOException | UncheckedIOException | JacksonException | IllegalArgumentException broken) {
            LOG.error("The last good copy {} is broken; waiting for the broker instead", file, broken);
            return false;
        }
    }

    void save(List<SignedRecord> records) {
        try {
            Files.createDirectories(file.getParent());
            Path next = Files.createTempFile(
                    file.getParent(),
                    "snapshot",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (BufferedWriter out = Files.newBufferedWriter(next)) {
                for (SignedRecord signed : records) {
                    out.write(SnapshotJson.text(new Line(
                            signed.key(), signed.version(), signed.value(), signed.signer(), signed.signature())));
                    out.newLine();
                }
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException full) {
            LOG.error(
                    "The last good copy {} was not written; a start without the broker would use an older one",
                    file,
                    full);
        }
    }

    private static SignedRecord parse(String text) {
        Line line = SnapshotJson.read(text, Line.class);
        if (line == null || line.key() == null || line.signer() == null || line.signature() == null) {
            throw new IllegalArgumentException("a record without key, signer or signature");
        }
        return new SignedRecord(line.key(), line.version(), line.value(), line.signer(), line.signature());
    }
}
