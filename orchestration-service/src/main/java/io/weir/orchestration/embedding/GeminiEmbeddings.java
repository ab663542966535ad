package io.weir.orchestration.embedding;

import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.dialect.gemini.GeminiUsage;
import io.weir.orchestration.embedding.EmbeddingRequest.Texts;
import io.weir.orchestration.embedding.EmbeddingRequest.Tokens;
import io.weir.problem.PlatformException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1beta/models/{model}:batchEmbedContents`. Takes texts only, and gives numbers only.
final class GeminiEmbeddings implements EmbeddingDialect {

    // The provider's own limit.
    private static final int MOST_TEXTS = 100;

    @Override
    public void check(EmbeddingRequest request) {
        if (request.inputs() instanceof Tokens) {
            throw PlatformException.invalid(
                    "input", "This model's provider takes texts only, no tokens. Send 'input' as text.");
        }
        if (request.inputs().count() > MOST_TEXTS) {
            throw PlatformException.invalid(
                    "input",
                    "This model's provider takes at most " + MOST_TEXTS
                            + " texts at once. Send them in several requests.");
        }
    }

    @Override
    public ProviderRequest request(EmbeddingRequest request, String model) {
        ObjectNode body = WireJson.object();
        ArrayNode requests = body.putArray("requests");
        for (String text : texts(request)) {
            ObjectNode one = requests.addObject().put("model", "models/" + model);
            one.putObject("content").putArray("parts").addObject().put("text", text);
            if (request.dimensions() != null) {
                one.put("outputDimensionality", request.dimensions());
            }
        }
        return new ProviderRequest("/v1beta/models/" + model + ":batchEmbedContents", WireJson.write(body));
    }

    private static List<String> texts(EmbeddingRequest request) {
        return switch (request.inputs()) {
            case Texts(var texts) -> texts;
            case Tokens tokens -> throw new IllegalStateException("tokens were not refused");
        };
    }

    @Override
    public Optional<EmbeddingAnswer> answer(byte[] body) {
        try {
            JsonNode answer = WireJson.read(body);
            List<float[]> vectors = new ArrayList<>();
            for (JsonNode each : answer.path("embeddings").values()) {
                vectors.add(VectorForm.read(each.path("values")));
            }
            return Optional.of(new EmbeddingAnswer(vectors, GeminiUsage.read(answer.path("usageMetadata"), true)));
        } catch (JacksonException | IllegalArgumentException notEmbeddings) {
            return Optional.empty();
        }
    }
}
