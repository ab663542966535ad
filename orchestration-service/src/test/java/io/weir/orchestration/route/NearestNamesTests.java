package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNamesTests {

    private static final List<String> KNOWN = List.of("gpt-4o", "gpt-4o-mini", "gpt-5.2", "claude-sonnet-4-5");

    @Test
    void theLikeliestStandsFirst() {
        assertThat(NearestNames.of("gpt4o-mini", KNOWN).getFirst()).isEqualTo("gpt-4o-mini");
        assertThat(NearestNames.of("GPT-4O", KNOWN).getFirst()).isEqualTo("gpt-4o");
    }

    @Test
    void whatIsLikeNothingGetsNoGuess() {
        assertThat(NearestNames.of("mistral", KNOWN)).isEmpty();
        assertThat(NearestNames.of("x".repeat(100_000), KNOWN)).isEmpty();
    }
}
