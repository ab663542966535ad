package io.weir.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.call.Allowance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;

class LimitHeadersTests {

    @ParameterizedTest
    @CsvSource({
        "0, 0ms",
        "12, 12ms",
        "999, 999ms",
        "1000, 1s",
        "1500, 1.5s",
        "1005, 1.005s",
        "59999, 59.999s",
        "60000, 1m0s",
        "360000, 6m0s",
        "7230000, 2h0m30s"
    })
    void durationsAreWrittenAsOpenAiDoes(long millis, String written) {
        assertThat(LimitHeaders.duration(millis)).isEqualTo(written);
    }

    @Test
    void aRefusalTellsWhenToComeBackInSecondsAndMilliseconds() {
        HttpHeaders headers = written(new Allowance(50, 0, 500_000, 10_001));

        assertThat(headers.getFirst("retry-after-ms")).isEqualTo("11");
        assertThat(headers.getFirst("retry-after")).isEqualTo("1");
        assertThat(headers.getFirst("x-ratelimit-limit-requests")).isEqualTo("50");
        assertThat(headers.getFirst("x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(headers.getFirst("x-ratelimit-reset-requests")).isEqualTo("500ms");
    }

    @Test
    void nobodyIsToldToWaitForMoreThanAMinute() {
        HttpHeaders headers = written(new Allowance(1, 0, 1, 86_400_000_000L));

        assertThat(headers.getFirst("retry-after-ms")).isEqualTo("60000");
        assertThat(headers.getFirst("retry-after")).isEqualTo("60");
    }

    @Test
    void anAdmittedCallIsNotToldToWait() {
        HttpHeaders headers = written(new Allowance(50, 49, 10_000, 0));

        assertThat(headers.getFirst("x-ratelimit-remaining-requests")).isEqualTo("49");
        assertThat(headers.containsHeader("retry-after")).isFalse();
        assertThat(headers.containsHeader("retry-after-ms")).isFalse();
    }

    private static HttpHeaders written(Allowance allowance) {
        HttpHeaders headers = new HttpHeaders();
        LimitHeaders.write(headers, allowance);
        return headers;
    }
}
