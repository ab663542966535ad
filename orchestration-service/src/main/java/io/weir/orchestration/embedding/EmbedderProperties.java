package io.weir.orchestration.embedding;

import io.weir.problem.PlatformException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the semantic cache finds out how alike two messages are.
///
/// @param kind by words, or by a model's embeddings
/// @param model of `/v1/embeddings`, with `provider`
/// @param dimensions of its vectors; null: the model's own
/// @param patience how long a call waits for vectors before it goes on without the cache
/// @param vectors that a process has at hand; the least used go first
@ConfigurationProperties("weir.cache.embedder")
record EmbedderProperties(
        @DefaultValue("lexical") Kind kind,
        @DefaultValue("text-embedding-3-small") String model,
        @Nullable Integer dimensions,
        @DefaultValue("300ms") Duration patience,
        @DefaultValue("10000") int vectors) {

    enum Kind {
        /// By words and parts of words, here.
        LEXICAL,
        /// By the vectors of a provider's model, on the tenant's account.
        PROVIDER
    }

    EmbedderProperties {
        require(!model.isBlank(), "model", model, "a model for embeddings");
        require(!patience.isZero() && !patience.isNegative(), "patience", patience, "more than 0");
        require(vectors > 0, "vectors", vectors, "at least 1");
        if (dimensions != null) {
            require(dimensions > 0, "dimensions", dimensions, "at least 1");
            checkModel(model, dimensions);
        }
    }

    private static void checkModel(String model, int dimensions) {
        try {
            Dimensions.check(model, dimensions);
        } catch (PlatformException cannot) {
            throw new IllegalArgumentException("weir.cache.embedder.dimensions: " + cannot.getMessage(), cannot);
        }
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "weir.cache.embedder." + name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
