package io.weir.ledger;

import io.weir.kafka.RecordSender;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the lanes moving, with one broker client after the other. An idempotent client that failed for good fails
/// everything from then on; when it is closed it gives back what it has not delivered. What it had delivered without an
/// answer is sent twice, and known by its number. Safe for use by many threads.
final class Sending {

    private static final Logger LOG = LoggerFactory.getLogger(Sending.class);
    private static final long REPLACE_AGAIN_LEAST = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long REPLACE_AGAIN_MOST = TimeUnit.SECONDS.toNanos(5);

    private final RecordSender sender;
    private final PartitionedSender partitions;
    private final LedgerMeters meters;
    private final AtomicBoolean pumping = new AtomicBoolean();
    private volatile long replaceDelay = REPLACE_AGAIN_LEAST;
    private volatile boolean closed;

    // Of the sending thread.
    private long replaceNotBefore = System.nanoTime();

    Sending(RecordSender sender, PartitionedSender partitions, LedgerMeters meters) {
        this.sender = sender;
        this.partitions = partitions;
        this.meters = meters;
    }

    /// Sends soon what waits.
    void pump() {
        if (pumping.compareAndSet(false, true)) {
            try {
                sender.execute(producer -> {
                    pumping.set(false);
                    if (partitions.isBroken()) {
                        replaceWhenDue();
                    } else {
                        partitions.pump(producer);
                    }
                });
            } catch (RejectedExecutionException closing) {
                pumping.set(false);
            }
        }
    }

    private void replaceWhenDue() {
        long now = System.nanoTime();
        if (!closed && now - replaceNotBefore >= 0) {
            replaceNotBefore = now + replaceDelay;
            replaceDelay = Math.min(2 * replaceDelay, REPLACE_AGAIN_MOST);
            try {
                sender.reopen();
            } catch (RuntimeException notNow) {
                LOG.warn("No other broker client can be made now: {}", notNow.toString());
                return;
            }
            partitions.mended();
            meters.replaced.increment();
            pump();
        }
    }

    /// The broker takes records.
    void works() {
        replaceDelay = REPLACE_AGAIN_LEAST;
    }

    void close(Duration limit) {
        closed = true;
        sender.close(limit);
    }
}
