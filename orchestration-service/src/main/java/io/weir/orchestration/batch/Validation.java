package io.weir.orchestration.batch;

import io.weir.orchestration.batch.LineSplitter.Line;
import io.weir.orchestration.batch.RequestLine.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Looks at a batch's file line by line, and cuts it into chunks. Keeps nothing of a line but a digest
/// of its id. For one thread at a time.
final class Validation {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_FAULTS = 100;
    private static final long CHUNK_BYTES = 8L * 1024 * 1024;

    private final String endpoint;
    private final BatchProperties limits;
    private final MessageDigest digest = sha256();
    private final Set<UUID> ids = new HashSet<>();
    private final List<Chunk> chunks = new ArrayList<>();
    private final ArrayNode faults = JSON.createArrayNode();
    private int lines;
    private int inChunk;
    private @Nullable Line first;
    private @Nullable Line last;

    Validation(String endpoint, BatchProperties limits) {
        this.endpoint = endpoint;
        this.limits = limits;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Takes the next line. False when it is of no use to look further.
    boolean take(Line line) {
        lines++;
        if (lines > limits.maxLines()) {
            fault(
                    line.number(),
                    new Fault(
                            "too_many_requests",
                            null,
                            "A batch has at most " + limits.maxLines() + " requests. Split the file."));
            return false;
        }
        try {
            RequestLine request = RequestLine.read(line, endpoint);
            if (!ids.add(digested(request.customId()))) {
                throw new Fault("duplicate_custom_id", "custom_id", "The custom_id of a line before is the same.");
            }
        } catch (Fault wrong) {
            fault(line.number(), wrong);
        }
        cut(line);
        return faults.size() < MOST_FAULTS;
    }

    private UUID digested(String customId) {
        return UUID.nameUUIDFromBytes(digest.digest(customId.getBytes(StandardCharsets.UTF_8)));
    }

    private void fault(int line, Fault wrong) {
        ObjectNode fault = faults.addObject();
        fault.put("code", wrong.code());
        fault.put("line", line);
        fault.put("message", wrong.words());
        fault.put("param", wrong.param());
    }

    private void cut(Line line) {
        Line begin = first;
        if (begin != null && (inChunk == limits.chunkLines() || line.end() - begin.start() > CHUNK_BYTES)) {
            close();
            begin = null;
        }
        if (begin == null) {
            first = line;
            inChunk = 0;
        }
        last = line;
        inChunk++;
    }

    private void close() {
        Line from = first;
        Line to = last;
        if (from != null && to != null) {
            chunks.add(new Chunk(chunks.size(), from.number(), from.start(), to.end()));
        }
        first = null;
    }

    /// To be asked once, after the last line.
    List<Chunk> chunks() {
        close();
        return chunks;
    }

    int lines() {
        return lines;
    }

    /// What is wrong, as JSON; null: nothing.
    @Nullable
    String errors() {
        if (lines == 0) {
            fault(1, new Fault("empty_file", null, "The file has no requests."));
        }
        return faults.isEmpty() ? null : JSON.writeValueAsString(faults);
    }
}
