package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerOptionsTests {

    @Test
    void theLimitsAreThoseOfTheDesign() {
        assertThat(LedgerWriterOptions.of("orchestration", "orchestration-a-8080"))
                .isEqualTo(new LedgerWriterOptions(
                        "orchestration",
                        "orchestration-a-8080",
                        Duration.ofMillis(1_200),
                        Duration.ofSeconds(120),
                        Duration.ofMillis(1_500),
                        Duration.ofDays(20),
                        Duration.ofSeconds(5)));
        assertThat(SpoolOptions.of(Path.of("x"), true))
                .isEqualTo(new SpoolOptions(Path.of("x"), 64 * 1024 * 1024, true, Duration.ofMillis(700)));
    }

    @ParameterizedTest
    @CsvSource({"' ', a", "a, ''"})
    void aWriterWithoutANameIsRefused(String source, String producer) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LedgerWriterOptions.of(source, producer))
                .withMessageContaining("expected: both named");
    }

    @Test
    void aBrokerClientThatGivesUpBeforeTheWriterIsRefused() {
        Duration minute = Duration.ofMinutes(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LedgerWriterOptions("a", "b", minute, minute, minute, minute, minute))
                .withMessageContaining("PT1M");
    }

    @Test
    void aFileThatIsTooSmallForSomeEventsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SpoolOptions(Path.of("x"), 65_535, true, Duration.ZERO))
                .withMessageContaining("65536 at least");
    }
}
