package io.weir.r2dbc.governance;

import io.weir.tenancy.TenantId;
import java.util.ArrayDeque;
import java.util.Deque;

/// What one tenant holds and waits for, and how long its transactions take. Guarded by the lock of [FairShares].
final class Share {

    private static final double FALLING = 0.3;
    private static final double RISING = 0.02;

    final TenantId tenant;
    final RowPace pace = new RowPace();
    final Deque<Ticket> waiting = new ArrayDeque<>();
    int inUse;
    long lastUsed;

    private long windowNanos;
    private int windowCount;
    private double usualNanos;

    Share(TenantId tenant) {
        this.tenant = tenant;
    }

    void took(long nanos) {
        windowNanos += nanos;
        windowCount++;
    }

    /// How much longer than usual its transactions took since the last call; negative where there is nothing to tell.
    double slowdown() {
        if (windowCount == 0) {
            return -1;
        }
        double mean = (double) windowNanos / windowCount;
        windowNanos = 0;
        windowCount = 0;
        if (usualNanos == 0) {
            usualNanos = mean;
            return -1;
        }
        double ratio = mean / usualNanos;
        usualNanos += (mean - usualNanos) * (mean < usualNanos ? FALLING : RISING);
        return ratio;
    }

    boolean isIdleSince(long instant) {
        return inUse == 0 && waiting.isEmpty() && lastUsed - instant < 0;
    }
}
