package io.weir.orchestration.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Rewrites chunks that break clients: one id throughout, a role first, `finish_reason` written out and alone, tool
/// calls with an index, usage apart, no `error` member.
final class ChunkRepair {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final boolean usageAsked;
    private @Nullable String id;
    private @Nullable String model;
    private long created;

    ChunkRepair(boolean usageAsked) {
        this.usageAsked = usageAsked;
    }

    @Nullable
    String id() {
        return id;
    }

    /// Whether its identity is that of the first chunk, which this call remembers.
    boolean accepts(Chunk chunk) {
        if (id == null && chunk.id != null && chunk.created >= 0) {
            id = chunk.id;
            model = chunk.model;
            created = chunk.created;
        }
        return chunk.id != null && chunk.id.equals(id) && chunk.created == created;
    }

    /// The chunk's data anew; two where the end came together with text.
    List<byte[]> mended(byte[] data, Chunk chunk, Set<Integer> begun) {
        ObjectNode tree = (ObjectNode) JSON.readTree(data);
        identify(tree);
        tree.remove("error");
        tree.remove("usage");
        if (usageAsked) {
            tree.putNull("usage");
        }
        ArrayNode endings = JSON.createArrayNode();
        for (JsonNode choice : tree.withArray("choices").values()) {
            if (choice instanceof ObjectNode object) {
                mend(object, begun, endings);
            }
        }
        List<byte[]> mended = new ArrayList<>();
        mended.add(JSON.writeValueAsBytes(tree));
        if (!endings.isEmpty()) {
            tree.set("choices", endings);
            mended.add(JSON.writeValueAsBytes(tree));
        }
        return mended;
    }

    private void identify(ObjectNode tree) {
        tree.put("id", id == null ? "chatcmpl-unnamed" : id);
        tree.put("object", "chat.completion.chunk");
        tree.put("created", created);
        if (model != null) {
            tree.put("model", model);
        }
    }

    private static void mend(ObjectNode choice, Set<Integer> begun, ArrayNode endings) {
        int index = choice.path("index").asInt(0);
        choice.put("index", index);
        ObjectNode delta = choice.path("delta") instanceof ObjectNode object ? object : choice.putObject("delta");
        if (!begun.contains(index) && !delta.path("role").isString()) {
            delta.put("role", "assistant");
        }
        int position = 0;
        for (JsonNode call : delta.path("tool_calls").values()) {
            if (call instanceof ObjectNode object && !object.path("index").isIntegralNumber()) {
                object.put("index", position);
            }
            position++;
        }
        String finish = choice.path("finish_reason").asString("");
        if (finish.isEmpty()) {
            choice.putNull("finish_reason");
        } else if (!delta.isEmpty()) {
            ObjectNode ending = choice.deepCopy();
            ending.putObject("delta");
            endings.add(ending);
            choice.putNull("finish_reason");
        }
    }

    /// The end of a choice whose limit was reached.
    byte[] ending(int index) {
        ObjectNode chunk = JSON.createObjectNode();
        identify(chunk);
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", index);
        choice.putObject("delta");
        choice.putNull("logprobs");
        choice.put("finish_reason", FinishReason.LENGTH.wireName());
        if (usageAsked) {
            chunk.putNull("usage");
        }
        return JSON.writeValueAsBytes(chunk);
    }

    byte[] usageChunk(JsonNode usage, String costUsd) {
        ObjectNode chunk = JSON.createObjectNode();
        identify(chunk);
        chunk.putArray("choices");
        chunk.set("usage", usage);
        chunk.put("x_cost_usd", costUsd);
        return JSON.writeValueAsBytes(chunk);
    }
}
