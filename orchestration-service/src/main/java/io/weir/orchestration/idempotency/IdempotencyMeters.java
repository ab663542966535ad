package io.weir.orchestration.idempotency;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// Counts what became of requests that name a key.
final class IdempotencyMeters {

    /// `result` of `weir.idempotency.requests`.
    enum Result {
        RAN,
        REPLAYED,
        IN_PROGRESS,
        KEY_REUSED,
        NOT_KEPT,
        REFUSED
    }

    private final Map<Result, Counter> requests = new EnumMap<>(Result.class);
    private final Counter lost;

    IdempotencyMeters(MeterRegistry registry) {
        for (Result each : Result.values()) {
            String name = each.name().toLowerCase(Locale.ROOT);
            requests.put(each, registry.counter("weir.idempotency.requests", "result", name));
        }
        lost = registry.counter("weir.idempotency.lost");
    }

    void count(Result result) {
        Counter counter = requests.get(result);
        if (counter != null) {
            counter.increment();
        }
    }

    /// What came of a request could not be kept: a repetition would run again.
    void countLost() {
        lost.increment();
    }
}
