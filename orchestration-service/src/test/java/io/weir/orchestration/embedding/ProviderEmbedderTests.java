package io.weir.orchestration.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.cache.Embedder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProviderEmbedderTests {

    private static EmbedderProperties of(String model, @Nullable Integer dimensions) {
        return new EmbedderProperties(EmbedderProperties.Kind.PROVIDER, model, dimensions, Duration.ofMillis(300), 10);
    }

    @Test
    void directionsOfDifferentSizesHaveNothingInCommon() {
        assertThat(Embedder.similarity(new float[] {1, 0}, new float[] {1, 0})).isEqualTo(1);
        assertThat(Embedder.similarity(new float[] {1, 0}, new float[] {1, 0, 0}))
                .isZero();
        assertThat(Embedder.normalised(new float[] {3, 4})).containsExactly(0.6f, 0.8f);
        assertThat(Embedder.normalised(new float[] {0, 0})).containsExactly(0, 0);
    }

    @Test
    void aLengthThatTheModelDoesNotHaveIsRefusedAtTheStart() {
        assertThat(of("text-embedding-3-small", 256).dimensions()).isEqualTo(256);
        assertThatThrownBy(() -> of("text-embedding-3-small", 4_096))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("weir.cache.embedder.dimensions");
        assertThatThrownBy(() -> of("text-embedding-ada-002", 256))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ada-002");
        assertThatThrownBy(() -> of(" ", null)).hasMessageStartingWith("weir.cache.embedder.model");
    }
}
