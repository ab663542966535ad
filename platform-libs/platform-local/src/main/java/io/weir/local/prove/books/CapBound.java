package io.weir.local.prove.books;

import io.weir.local.prove.load.Seen;
import io.weir.local.prove.load.Seen.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The most that can have been settled and held of a cap at each instant. A hold counts in a process before its event
/// is written, and until after its settlement's is; two calls that follow each other in the ledger may so have held
/// together. Both are bounded by what the call's client saw: nothing is held before it is sent, nor after its answer.
final class CapBound {

    // Where its client saw less.
    private static final Duration MAKING = Duration.ofSeconds(3);
    private static final Duration RESOLVING = Duration.ofSeconds(2);

    private final TreeMap<Long, Long> committed = new TreeMap<>();

    /// @param seen by request
    CapBound(Iterable<CapLife> lives, Function<String, @Nullable Seen> seen) {
        TreeMap<Long, Long> changes = new TreeMap<>();
        for (CapLife life : lives) {
            Seen client = seen.apply(life.requestId());
            changes.merge(begun(life, client), life.ceiling(), Long::sum);
            Instant resolved = life.resolved();
            if (resolved != null) {
                changes.merge(ended(resolved, client), life.cost() - life.ceiling(), Long::sum);
            }
        }
        long sum = 0;
        for (Map.Entry<Long, Long> change : changes.entrySet()) {
            sum += change.getValue();
            committed.put(change.getKey(), sum);
        }
    }

    private static long begun(CapLife life, @Nullable Seen client) {
        Instant earliest = life.began().minus(MAKING);
        return (client != null && client.sent().isAfter(earliest) ? client.sent() : earliest).toEpochMilli();
    }

    private static long ended(Instant resolved, @Nullable Seen client) {
        Instant latest = resolved.plus(RESOLVING);
        Instant told = client == null || client.result() != Result.ANSWERED ? latest : client.ended();
        return (told.isBefore(latest) ? told : latest).toEpochMilli();
    }

    /// The most of all instants within, in epoch milliseconds, both included.
    long mostBetween(long from, long until) {
        Map.Entry<Long, Long> before = committed.floorEntry(from);
        long most = before == null ? 0 : before.getValue();
        for (long now : committed.subMap(from, true, until, true).values()) {
            most = Math.max(most, now);
        }
        return most;
    }
}
