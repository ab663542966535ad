package io.weir.orchestration.embedding;

import io.weir.orchestration.dialect.OpenAiUsage;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.embedding.EmbeddingRequest.Texts;
import io.weir.orchestration.embedding.EmbeddingRequest.Tokens;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /embeddings`. Base64 is asked for whatever the client wants: it is the shortest, and exact.
final class OpenAiEmbeddings implements EmbeddingDialect {

    @Override
    public void check(EmbeddingRequest request) {
        // It takes all that we do.
    }

    @Override
    public ProviderRequest request(EmbeddingRequest request, String model) {
        ObjectNode body = WireJson.object().put("model", model);
        ArrayNode input = body.putArray("input");
        switch (request.inputs()) {
            case Texts(var texts) -> texts.forEach(input::add);
            case Tokens(var texts) -> texts.forEach(tokens -> add(tokens, input.addArray()));
        }
        body.put("encoding_format", "base64");
        if (request.dimensions() != null) {
            body.put("dimensions", request.dimensions());
        }
        if (request.user() != null) {
            body.put("user", request.user());
        }
        return new ProviderRequest("/embeddings", WireJson.write(body));
    }

    private static void add(int[] tokens, ArrayNode target) {
        for (int token : tokens) {
            target.add(token);
        }
    }

    @Override
    public Optional<EmbeddingAnswer> answer(byte[] body) {
        try {
            JsonNode answer = WireJson.read(body);
            JsonNode data = answer.path("data");
            float[][] vectors = new float[data.size()][];
            int place = 0;
            for (JsonNode each : data.values()) {
                int index = each.path("index").asInt(place);
                if (index < 0 || index >= vectors.length || vectors[index] != null) {
                    return Optional.empty();
                }
                vectors[index] = VectorForm.read(each.path("embedding"));
                place++;
            }
            return Arrays.stream(vectors).allMatch(Objects::nonNull)
                    ? Optional.of(new EmbeddingAnswer(Arrays.asList(vectors), OpenAiUsage.read(answer.path("usage"))))
                    : Optional.empty();
        } catch (JacksonException | IllegalArgumentException notEmbeddings) {
            return Optional.empty();
        }
    }
}
