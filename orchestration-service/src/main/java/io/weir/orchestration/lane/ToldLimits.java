package io.weir.orchestration.lane;

import org.jspecify.annotations.Nullable;

/// What a provider says of its limits in an answer's headers. Null: nothing.
record ToldLimits(
        @Nullable Double requestsPerMinute,
        @Nullable Double tokensPerMinute,
        @Nullable Double requestsLeft,
        @Nullable Double tokensLeft) {

    private static final ToldLimits NOTHING = new ToldLimits(null, null, null, null);

    static ToldLimits read(Permit.Headers headers) {
        Double requests = number(headers, "x-ratelimit-limit-requests", "anthropic-ratelimit-requests-limit");
        Double tokens = number(headers, "x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit");
        if (requests == null && tokens == null) {
            return NOTHING;
        }
        return new ToldLimits(
                positive(requests),
                positive(tokens),
                number(headers, "x-ratelimit-remaining-requests", "anthropic-ratelimit-requests-remaining"),
                number(headers, "x-ratelimit-remaining-tokens", "anthropic-ratelimit-tokens-remaining"));
    }

    private static @Nullable Double number(Permit.Headers headers, String one, String other) {
        String value = headers.first(one);
        String found = value == null ? headers.first(other) : value;
        try {
            return found == null ? null : Double.valueOf(found.strip());
        } catch (NumberFormatException unreadable) {
            return null;
        }
    }

    private static @Nullable Double positive(@Nullable Double value) {
        return value == null || !(value > 0) || value.isInfinite() ? null : value;
    }

    Limits limits() {
        return new Limits(requestsPerMinute, tokensPerMinute);
    }
}
