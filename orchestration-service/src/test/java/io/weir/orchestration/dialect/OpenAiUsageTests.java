package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class OpenAiUsageTests {

    private static Optional<ReportedUsage> read(String json) {
        return OpenAiUsage.read(JsonMapper.shared().readTree(json));
    }

    @Test
    void theBucketsAreDisjoint() {
        ReportedUsage usage = read("""
                        {"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
                         "prompt_tokens_details":{"cached_tokens":60,"audio_tokens":0},
                         "completion_tokens_details":{"reasoning_tokens":20,"accepted_prediction_tokens":5}}
                        """).orElseThrow();
        assertThat(usage.buckets())
                .isEqualTo(new Quantities(Map.of(
                        Meter.TEXT_IN, 40L, Meter.TEXT_IN_CACHED, 60L, Meter.TEXT_OUT, 30L, Meter.REASONING_OUT, 20L)));
        assertThat(usage.unmapped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":3}",
                "{\"prompt_tokens\":-1,\"completion_tokens\":1,\"total_tokens\":0}",
                "{\"prompt_tokens\":1.5,\"completion_tokens\":1,\"total_tokens\":2.5}",
                "{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":2}}",
            })
    void countsThatDoNotAddUpAreNotBelieved(String json) {
        assertThat(read(json)).hasValueSatisfying(told -> {
            assertThat(told.isCredible()).isFalse();
            assertThat(told.buckets()).isEqualTo(Quantities.NONE);
        });
    }

    @Test
    void whatIsNoUsageSaysNothing() {
        assertThat(read("{}")).isEmpty();
        assertThat(read("null")).isEmpty();
    }

    @Test
    void anUnknownCounterIsNamed() {
        assertThat(read("{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2,"
                                + "\"completion_tokens_details\":{\"dream_tokens\":1}}")
                        .orElseThrow()
                        .unmapped())
                .containsExactly(Map.entry("completion_tokens_details.dream_tokens", 1L));
    }
}
