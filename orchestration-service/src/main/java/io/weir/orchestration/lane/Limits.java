package io.weir.orchestration.lane;

import org.jspecify.annotations.Nullable;

/// What a provider takes a minute. Null: as much as there is.
public record Limits(
        @Nullable Double requestsPerMinute, @Nullable Double tokensPerMinute) {

    static final Limits NONE = new Limits(null, null);

    public Limits {
        require("requests", requestsPerMinute);
        require("tokens", tokensPerMinute);
    }

    private static void require(String what, @Nullable Double value) {
        if (value != null && !(value > 0)) {
            throw new IllegalArgumentException(what + " per minute: " + value + " (expected: > 0)");
        }
    }

    boolean isNone() {
        return requestsPerMinute == null && tokensPerMinute == null;
    }

    Limits dividedBy(int instances) {
        return instances <= 1 ? this : new Limits(over(requestsPerMinute, instances), over(tokensPerMinute, instances));
    }

    private static @Nullable Double over(@Nullable Double value, int instances) {
        return value == null ? null : value / instances;
    }
}
