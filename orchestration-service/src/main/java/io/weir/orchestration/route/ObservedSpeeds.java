package io.weir.orchestration.route;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How fast each model answered of late at each provider: means over all calls of this process, in which recent ones
/// weigh more. Safe for many threads.
public final class ObservedSpeeds {

    private static final double WEIGHT = 0.1;

    private final Map<String, Speed> speeds = new ConcurrentHashMap<>();

    /// @param firstMillis until the first token; null: not seen
    /// @param tokensPerSecond of the whole answer; null: not seen
    record Speed(@Nullable Double firstMillis, @Nullable Double tokensPerSecond) {

        private static final Speed UNKNOWN = new Speed(null, null);

        private Speed then(Speed next) {
            return new Speed(mean(firstMillis, next.firstMillis), mean(tokensPerSecond, next.tokensPerSecond));
        }

        private static @Nullable Double mean(@Nullable Double before, @Nullable Double now) {
            if (before == null || now == null) {
                return before == null ? now : before;
            }
            return Double.valueOf(before + WEIGHT * (now - before));
        }
    }

    /// One whole answer.
    ///
    /// @param firstMillis until its first token; null: it came whole
    /// @param tokens that it has
    /// @param millis that it took
    public void observe(String provider, String model, @Nullable Long firstMillis, long tokens, long millis) {
        Double first = firstMillis == null ? null : Double.valueOf(firstMillis);
        Double speed = tokens < 1 || millis < 1 ? null : Double.valueOf(tokens * 1_000.0 / millis);
        speeds.merge(provider + "/" + model, new Speed(first, speed), Speed::then);
    }

    /// Milliseconds until the first token.
    Optional<Double> firstMillis(Route route) {
        return Optional.ofNullable(of(route).firstMillis());
    }

    Optional<Double> tokensPerSecond(Route route) {
        return Optional.ofNullable(of(route).tokensPerSecond());
    }

    private Speed of(Route route) {
        return speeds.getOrDefault(route.provider().name() + "/" + route.model().model(), Speed.UNKNOWN);
    }
}
