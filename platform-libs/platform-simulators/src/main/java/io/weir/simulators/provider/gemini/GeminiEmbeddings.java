package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.gemini.GeminiModels.GeminiModel;
import io.weir.simulators.provider.generation.Tokenizer;
import io.weir.simulators.provider.generation.UnitVector;
import io.weir.simulators.provider.http.Reply;
import io.weir.simulators.provider.ledger.TokenCounts;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `embedContent` and `batchEmbedContents`: unit vectors made from the text alone. Usage is that of the whole batch.
final class GeminiEmbeddings {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> REQUEST = Set.of("model", "content", "taskType", "title", "outputDimensionality");
    private static final int MAX_BATCH = 100;

    private final Tokenizer tokenizer;

    GeminiEmbeddings(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// `{"embedding": {"values": []}}`. Throws [GeminiException].
    Reply one(GeminiModel model, JsonNode body, boolean usageMissing) {
        ObjectNode answer = JSON.createObjectNode();
        int tokens = embed(model, new GeminiFields(body, ""), answer.putObject("embedding"));
        return reply(answer, tokens, usageMissing);
    }

    /// `{"embeddings": [{"values": []}]}`. Throws [GeminiException].
    Reply batch(GeminiModel model, JsonNode body, boolean usageMissing) {
        new GeminiFields(body, "").knowing(Set.of("requests"));
        JsonNode requests = body.path("requests");
        if (!requests.isArray() || requests.isEmpty()) {
            throw GeminiException.invalid("* BatchEmbedContentsRequest.requests: requests is not specified\n");
        }
        if (requests.size() > MAX_BATCH) {
            throw GeminiException.invalid(
                    "* BatchEmbedContentsRequest.requests: at most " + MAX_BATCH + " requests can be in one batch\n");
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode embeddings = answer.putArray("embeddings");
        int tokens = 0;
        for (int i = 0; i < requests.size(); i++) {
            String at = "requests[" + i + "]";
            if (!requests.path(i).path("model").asString("").equals("models/" + model.id())) {
                throw GeminiException.invalid("* BatchEmbedContentsRequest." + at
                        + ".model: model must match the one in the path, 'models/" + model.id() + "'\n");
            }
            tokens += embed(model, new GeminiFields(requests.path(i), at), embeddings.addObject());
        }
        return reply(answer, tokens, usageMissing);
    }

    private static Reply reply(ObjectNode answer, int tokens, boolean usageMissing) {
        if (!usageMissing) {
            ObjectNode usage = answer.putObject("usageMetadata").put("promptTokenCount", tokens);
            usage.putArray("promptTokenDetails")
                    .addObject()
                    .put("modality", "TEXT")
                    .put("tokenCount", tokens);
        }
        return new Reply(200, Map.of(), answer.toString(), TokenCounts.read(tokens));
    }

    private int embed(GeminiModel model, GeminiFields request, ObjectNode target) {
        request.knowing(REQUEST);
        String text = ContentPrompt.textOf(request.inside("content").object());
        int tokens = tokenizer.count(text);
        if (tokens == 0) {
            throw GeminiException.invalid("* EmbedContentRequest.content: content is empty\n");
        }
        Integer asked = request.whole("outputDimensionality", 1, model.dimensions());
        ArrayNode values = target.putArray("values");
        for (float value : UnitVector.of(model.id(), text, asked == null ? model.dimensions() : asked)) {
            values.add(value);
        }
        // The real one reads no more than this of a text and says nothing.
        return Math.min(tokens, model.inputTokens());
    }
}
