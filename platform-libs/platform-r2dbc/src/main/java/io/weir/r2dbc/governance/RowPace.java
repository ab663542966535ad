package io.weir.r2dbc.governance;

import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// How fast one tenant's rows are passed on, over all its transactions: at full speed for a second's worth, then at
/// its plan's pace. A reader that takes rows slower makes the driver, and so the server, send them slower; at full
/// speed a few huge answers would keep the event loops, which everybody's connections share, from everybody else.
/// Safe for use by many threads.
final class RowPace {

    private static final long STEP_MILLIS = 10;
    private static final long MILLION = 1_000_000;

    // Guarded by this. Rows that may pass at once; below zero: passed on credit.
    private double available = Double.MAX_VALUE;
    private long refilledAt;

    <T> Flux<T> paced(Flux<T> rows, int perSecond, LongSupplier nanos) {
        return rows.concatMap(row -> {
            long pause = pauseMillis(perSecond, nanos.getAsLong());
            return pause == 0
                    ? Mono.just(row)
                    : Mono.delay(Duration.ofMillis(pause)).thenReturn(row);
        });
    }

    /// Counts a row; how long it has to wait.
    synchronized long pauseMillis(int perSecond, long now) {
        if (available == Double.MAX_VALUE) {
            available = perSecond;
        } else {
            available = Math.min(perSecond, available + (double) (now - refilledAt) * perSecond / (1_000 * MILLION));
        }
        refilledAt = now;
        available--;
        if (available >= 0) {
            return 0;
        }
        // A step's worth is passed on credit, so that not each row has a timer of its own.
        double step = (double) perSecond * STEP_MILLIS / 1_000;
        return available > -step ? 0 : (long) Math.ceil(-available * 1_000 / perSecond);
    }
}
