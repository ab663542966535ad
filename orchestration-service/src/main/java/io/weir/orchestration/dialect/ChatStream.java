package io.weir.orchestration.dialect;

import io.weir.orchestration.dialect.SseSplitter.Event;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One provider's stream on its way to one client: passes chunks on byte for byte, mends those that break clients,
/// keeps back the usage and the end. For one thread at a time.
public final class ChatStream {

    private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final boolean usageAsked;
    private final StreamTranslation translation;
    private final SseSplitter splitter = new SseSplitter();
    private final Produced produced = new Produced();
    private final ChunkRepair repair;
    private final Set<Integer> begun = new HashSet<>();
    private final Set<Integer> finished = new HashSet<>();
    private @Nullable JsonNode usage;
    private @Nullable String tier;
    private @Nullable String failure;
    private boolean done;

    /// @param usageAsked whether the client wants to see usage
    public ChatStream(boolean usageAsked, StreamTranslation translation) {
        this.usageAsked = usageAsked;
        this.translation = translation;
        this.repair = new ChunkRepair(usageAsked);
    }

    /// Takes bytes from the provider and returns those for the client, possibly none. After a failure none.
    public byte[] feed(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
        try {
            List<Event> events = splitter.feed(translation.translate(bytes));
            for (Event event : events) {
                if (failure == null && !done) {
                    take(event, out);
                }
            }
        } catch (JacksonException | IllegalStateException broken) {
            failure = "the provider sent what is no chat completion chunk";
        }
        return out.toByteArray();
    }

    private void take(Event event, ByteArrayOutputStream out) {
        if (event.isDone()) {
            done = true;
            return;
        }
        Chunk chunk = Chunk.read(event.data(), produced);
        if (chunk.error != null || "error".equals(event.name())) {
            failure = "the provider broke off the answer with an error";
            return;
        }
        usage = chunk.usage == null ? usage : chunk.usage;
        tier = chunk.tier == null ? tier : chunk.tier;
        if (chunk.deltas.isEmpty()) {
            return;
        }
        boolean first = note(chunk);
        if (repair.accepts(chunk) && !first && !chunk.irregular && chunk.usage == null) {
            pass(event.data(), chunk, out);
        } else {
            repair.mended(event.data(), chunk, begun).forEach(mended -> frame(mended, 0, mended.length, out));
        }
        chunk.deltas.forEach(delta -> begun.add(delta.index()));
    }

    /// True when a choice begins without a role.
    private boolean note(Chunk chunk) {
        boolean roleMissing = false;
        for (Chunk.Delta delta : chunk.deltas) {
            roleMissing |= !begun.contains(delta.index()) && !delta.hasRole();
            if (delta.finish() != null) {
                finished.add(delta.index());
            }
        }
        return roleMissing;
    }

    private void pass(byte[] data, Chunk chunk, ByteArrayOutputStream out) {
        if (usageAsked || chunk.nullUsageStart < 0) {
            frame(data, 0, data.length, out);
            return;
        }
        out.writeBytes(PREFIX);
        out.write(data, 0, chunk.nullUsageStart);
        out.write(data, chunk.nullUsageEnd, data.length - chunk.nullUsageEnd);
        out.writeBytes(END);
    }

    private static void frame(byte[] data, int from, int length, ByteArrayOutputStream out) {
        out.writeBytes(PREFIX);
        out.write(data, from, length);
        out.writeBytes(END);
    }

    /// Why the provider's stream is no good; null: it is, so far.
    public @Nullable String failure() {
        return failure;
    }

    /// The provider said `[DONE]`.
    public boolean isDone() {
        return done;
    }

    /// Whether any choice has begun.
    public boolean hasBegun() {
        return !begun.isEmpty();
    }

    /// Every choice that began has ended, so that the answer is whole.
    public boolean isWhole() {
        return !begun.isEmpty() && finished.containsAll(begun);
    }

    /// What the provider reported, whether or not it can be believed.
    public Optional<ReportedUsage> usage() {
        String served = tier;
        Optional<ReportedUsage> reported = translation.usage(usage);
        return served == null ? reported : reported.map(told -> told.in(OpenAiUsage.tier(served)));
    }

    /// Ends the choices that have not ended: their limit was reached. For a stream that is not fed any more.
    public byte[] endings() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Integer index : new TreeSet<>(begun)) {
            if (finished.add(index)) {
                byte[] chunk = repair.ending(index);
                frame(chunk, 0, chunk.length, out);
            }
        }
        return out.toByteArray();
    }

    /// The provider's own id of the answer; null: nothing came yet.
    public @Nullable String id() {
        return repair.id();
    }

    public Produced produced() {
        return produced;
    }

    /// Counts of our own in OpenAI's form.
    public static JsonNode usage(long prompt, long completion) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
    }

    /// The chunk that carries usage alone, with the cost beside it, for a client that asked for it.
    public byte[] usageChunk(JsonNode counted, String costUsd) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = repair.usageChunk(counted, costUsd);
        frame(chunk, 0, chunk.length, out);
        return out.toByteArray();
    }
}
