package io.weir.billing.subscription;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.billing.rating.model.InvalidTermsException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a plan may price beside its fee. Quantities are sums over a period.
public enum Metric {
    CALLS,
    TOKENS_IN,
    TOKENS_CACHED,
    TOKENS_OUT,
    TOKENS_REASONING,
    CPU_SECONDS,
    GPU_SECONDS,
    STORAGE_GB_HOURS,
    BANDWIDTH_GB,
    RETRIEVALS,
    SEATS;

    /// The word used on the wire.
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Throws [InvalidTermsException] naming `metric` for any other word.
    @JsonCreator
    public static Metric of(String word) {
        return Arrays.stream(values())
                .filter(metric -> metric.wireName().equals(word))
                .findFirst()
                .orElseThrow(() -> new InvalidTermsException(
                        "metric",
                        "There is no metric of that name. Known ones: "
                                + Arrays.stream(values()).map(Metric::wireName).collect(Collectors.joining(", "))
                                + "."));
    }
}
