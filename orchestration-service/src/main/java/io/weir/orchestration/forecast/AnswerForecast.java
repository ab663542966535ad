package io.weir.orchestration.forecast;

/// How long one answer will probably be, in tokens, reasoning included.
///
/// @param low hardly any will be shorter
/// @param expected on average
/// @param observed settled answers behind it; 0: a stated prior
public record AnswerForecast(long low, long expected, int observed) {

    public AnswerForecast {
        if (low < 1 || expected < low) {
            throw new IllegalArgumentException(
                    "forecast: " + low + " to " + expected + " (expected: 1 <= low <= expected)");
        }
    }

    /// As it is when the answer may also be a mere call of a tool.
    public AnswerForecast orShorter() {
        return new AnswerForecast(1, expected, observed);
    }

    /// As it is when no answer may be longer than the limit.
    public AnswerForecast within(long limit) {
        return new AnswerForecast(Math.min(low, limit), Math.min(expected, limit), observed);
    }
}
