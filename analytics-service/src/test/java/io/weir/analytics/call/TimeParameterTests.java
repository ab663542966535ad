package io.weir.analytics.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeParameterTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1000000000-12-31T23:59:59Z",
                "+1000000000-12-31T23:59:59.999999999Z",
                "-1000000000-01-01T00:00:00Z",
                "9999-12-31",
                "0000-01-01",
                "2100-01-01T00:00:01Z",
                "2026-13-01",
                "yesterday",
                "",
            })
    void aTimeThatNobodyCanMeanIsRefusedByName(String text) {
        assertThatThrownBy(() -> TimeParameter.start("from", text))
                .isInstanceOfSatisfying(PlatformException.class, problem -> refused(problem, "from"));
        assertThatThrownBy(() -> TimeParameter.endExclusive("to", text))
                .isInstanceOfSatisfying(PlatformException.class, problem -> refused(problem, "to"));
    }

    private static void refused(PlatformException problem, String name) {
        assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        assertThat(problem.param()).isEqualTo(name);
    }

    @Test
    void anEndIsInclusiveToItsDayOrSecond() {
        assertThat(TimeParameter.endExclusive("to", "2026-11-22")).isEqualTo(Instant.parse("2026-11-23T00:00:00Z"));
        assertThat(TimeParameter.endExclusive("to", "2026-11-22T10:00:00.5Z"))
                .isEqualTo(Instant.parse("2026-11-22T10:00:01Z"));
    }
}
