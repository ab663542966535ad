package io.weir.orchestration.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.money.Amount;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What came of calls that a cache was asked for, and what that was worth.
public final class CacheMeters {

    /// What came of one.
    public enum Result {
        /// The answer of the same request.
        HIT,
        /// The answer of one that means the same.
        SEMANTIC,
        MISS,
        /// The caller wanted a new one, which is not kept.
        BYPASS,
        /// The caller wanted a new one, which is kept.
        REFRESH;

        /// As a header and a metric say it.
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int MICROS = 6;

    private final Map<Result, Counter> requests = new EnumMap<>(Result.class);
    private final Map<Result, Counter> saved = new EnumMap<>(Result.class);
    private final Counter away;

    CacheMeters(MeterRegistry registry) {
        for (Result result : Result.values()) {
            requests.put(result, registry.counter("weir.cache.requests", "result", result.wireName()));
        }
        for (Result kind : new Result[] {Result.HIT, Result.SEMANTIC}) {
            saved.put(kind, registry.counter("weir.cache.saved", "kind", kind.wireName()));
        }
        this.away = registry.counter("weir.cache.away");
    }

    public void count(Result result) {
        Objects.requireNonNull(requests.get(result)).increment();
    }

    /// What an answer would have cost; counted in millionths of a dollar, for charts.
    public void countSaved(boolean semantic, Amount worth) {
        Objects.requireNonNull(saved.get(semantic ? Result.SEMANTIC : Result.HIT))
                .increment(worth.value().movePointRight(MICROS).doubleValue());
    }

    void countAway() {
        away.increment();
    }
}
