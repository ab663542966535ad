package io.weir.orchestration.embedding;

import io.weir.problem.PlatformException;
import java.util.Map;

/// Which models can shorten their vectors, and from what length. Sources: the providers' pages on embeddings
/// (platform.openai.com/docs/guides/embeddings, ai.google.dev/gemini-api/docs/embeddings).
final class Dimensions {

    private static final Map<String, Integer> NATIVE = Map.of(
            "text-embedding-3-small", 1_536,
            "text-embedding-3-large", 3_072,
            "gemini-embedding-001", 3_072);

    private Dimensions() {}

    /// Throws a 400 naming the field when the model cannot give vectors of that length.
    static void check(String model, int wanted) {
        Integer most = NATIVE.get(model);
        if (most == null) {
            throw PlatformException.invalid(
                    "dimensions", "'dimensions' is not supported by " + model + ", whose vectors have one length.");
        }
        if (wanted > most) {
            throw PlatformException.invalid(
                    "dimensions",
                    "Invalid value for 'dimensions': " + wanted + ". " + model + " has at most " + most + ".");
        }
    }
}
