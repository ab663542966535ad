package io.weir.gateway.edge;

import io.weir.gateway.call.Allowance;
import org.springframework.http.HttpHeaders;

/// OpenAI's headers about a limit of requests. Those about tokens are a service's own.
final class LimitHeaders {

    private static final long MICROS = 1_000;
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    // SDKs ignore a longer wait, or sleep through it.
    private static final long LONGEST_WAIT = 60;

    private LimitHeaders() {}

    static void write(HttpHeaders headers, Allowance allowance) {
        headers.set("x-ratelimit-limit-requests", Long.toString(allowance.limit()));
        headers.set("x-ratelimit-remaining-requests", Long.toString(allowance.remaining()));
        headers.set("x-ratelimit-reset-requests", duration(millis(allowance.resetMicros())));
        if (allowance.retryMicros() > 0) {
            retry(headers, allowance.retryMicros());
        }
    }

    static void retry(HttpHeaders headers, long micros) {
        long wait = millis(micros);
        headers.set("retry-after-ms", Long.toString(Math.min(wait, LONGEST_WAIT * SECOND)));
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.min(LONGEST_WAIT, Math.ceilDiv(wait, SECOND))));
    }

    /// As OpenAI writes durations: `12ms`, `1.5s`, `6m0s`, `2h0m30s`.
    static String duration(long millis) {
        if (millis < SECOND) {
            return millis + "ms";
        }
        if (millis < MINUTE) {
            long rest = millis % SECOND;
            String seconds = Long.toString(millis / SECOND);
            return rest == 0 ? seconds + "s" : seconds + "." + fraction(rest) + "s";
        }
        long seconds = Math.ceilDiv(millis, SECOND);
        long minutes = seconds / 60;
        String tail = minutes % 60 + "m" + seconds % 60 + "s";
        return millis < HOUR ? tail : minutes / 60 + "h" + tail;
    }

    private static String fraction(long millis) {
        String digits = Long.toString(SECOND + millis).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }

    private static long millis(long micros) {
        return Math.ceilDiv(micros, MICROS);
    }
}
