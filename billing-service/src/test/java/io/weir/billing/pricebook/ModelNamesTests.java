package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNamesTests {

    @ParameterizedTest
    @CsvSource({
        "gpt-5*, gpt-5-mini, true",
        "gpt-5*, gpt-5, true",
        "gpt-5*, my-gpt-5, false",
        "*-mini, gpt-5-mini, true",
        "*-mini, gpt-5-mini-high, false",
        "gpt-*-mini, gpt-5-mini-mini, true",
        "gpt-*-mini, gpt-mini, false",
        "*a*b*c, a-b-b-a-c-c, true",
        "*a*b*c, a-c-b, false",
        "a**b, ab, true",
        "*, m, true",
        "gpt.5, gptx5, false",
    })
    void aStarStandsForAnyTextAndEverythingElseForItself(String names, String model, boolean matches) {
        assertThat(ModelNames.pattern(names).matcher(model).matches()).isEqualTo(matches);
    }

    @Test
    void manyStarsTakeNoLongerThanFew() {
        String model = "a".repeat(200);
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(ModelNames.pattern("*a".repeat(50) + "*b")
                                .matcher(model)
                                .matches())
                        .isFalse());
    }
}
