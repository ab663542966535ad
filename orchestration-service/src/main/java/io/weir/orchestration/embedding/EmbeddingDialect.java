package io.weir.orchestration.embedding;

import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.route.Route;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.Optional;

/// How one kind of provider computes embeddings. Stateless, safe for use by many threads.
sealed interface EmbeddingDialect permits OpenAiEmbeddings, GeminiEmbeddings {

    /// That of a route's provider. Throws a 404 [PlatformException] where it has no embeddings.
    static EmbeddingDialect of(Route route) {
        return switch (route.provider().dialect().name()) {
            case "openai" -> new OpenAiEmbeddings();
            case "gemini" -> new GeminiEmbeddings();
            default ->
                throw PlatformException.of(
                        ProblemType.MODEL_NOT_FOUND,
                        "model",
                        route.place() + " makes no embeddings here. Choose another model of GET /v1/models.");
        };
    }

    /// Throws a 400 [PlatformException] naming the field that the provider cannot honour.
    void check(EmbeddingRequest request);

    ProviderRequest request(EmbeddingRequest request, String model);

    /// Empty when the bytes are no answer of this dialect.
    Optional<EmbeddingAnswer> answer(byte[] body);
}
