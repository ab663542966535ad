package io.weir.analytics.stream;

import io.weir.analytics.metering.Outcome;
import io.weir.analytics.metering.Outcome.Kind;
import io.weir.analytics.metering.Outcome.Request;
import io.weir.analytics.metering.Standing;
import io.weir.analytics.stream.Frame.Delta;
import io.weir.analytics.stream.Frame.Snapshot;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The state of one tenant that is watched: its number, the sums of the month, and what ClickHouse may not
/// hold yet. Confined to the tail's thread.
final class WatchedTenant {

    // Ingestion that is further behind than this is an incident, and memory has an end.
    private static final int MOST_UNSTORED = 50_000;

    private final Base base;
    private final Map<YearMonth, Totals> byMonth;
    private final Set<Outbox> readers = new HashSet<>();
    private final Deque<Unstored> unstored = new ArrayDeque<>();
    private final Map<Request, Set<Kind>> unstoredKinds = new HashMap<>();
    private YearMonth month;
    private long seq;
    // All numbers up to this one are in ClickHouse.
    private long stored;
    // The number at which a settlement last came after its release; -1: none since this state began.
    private long late = -1;
    private long unwatchedSince;

    WatchedTenant(Base base, YearMonth month, long now) {
        this.base = base;
        this.byMonth = new HashMap<>(base.byMonth());
        this.month = month;
        this.seq = base.seq();
        this.stored = base.seq();
        this.unwatchedSince = now;
    }

    private record Unstored(LedgerEntry entry, Outcome outcome, Delta delta, boolean counted) {}

    /// Where a reader comes in.
    ///
    /// @param stored all numbers up to it are in ClickHouse
    /// @param recent those after it, up to `seq`
    /// @param late where a late settlement may have moved sums; -1: nowhere
    record State(long seq, long stored, List<Delta> recent, Snapshot snapshot, long late) {}

    /// Whether the entry is not part of the base.
    boolean concerns(LedgerEntry entry) {
        return entry.offset() >= base.horizon().end(entry.partition());
    }

    /// Applies the next outcome of the partition.
    ///
    /// @param before the kinds of earlier outcomes of its request that ClickHouse knows of
    void apply(LedgerEntry entry, Outcome outcome, Set<Kind> before) {
        Set<Kind> earlier = EnumSet.noneOf(Kind.class);
        earlier.addAll(before);
        earlier.addAll(unstoredKinds.getOrDefault(outcome.request(), Set.of()));
        Standing standing = Standing.of(outcome.kind(), earlier);
        if (standing == Standing.REPEATED) {
            return;
        }
        unstoredKinds
                .computeIfAbsent(outcome.request(), absent -> EnumSet.noneOf(Kind.class))
                .add(outcome.kind());
        boolean counted = standing == Standing.FIRST;
        seq += counted ? 1 : 0;
        late = counted ? late : seq;
        Delta delta = Delta.of(seq, outcome, entry.source().timestamp());
        unstored.addLast(new Unstored(entry, outcome, delta, counted));
        YearMonth its = OutcomeHistory.month(outcome.time());
        byMonth.merge(its, delta.increment(), Totals::plus);
        if (counted) {
            readers.forEach(reader -> reader.add(delta));
        }
        if (!counted || !its.equals(month)) {
            tellAnew();
        }
    }

    /// Forgets what ClickHouse holds by now.
    void storedUpTo(List<Long> ends) {
        Unstored next = unstored.peekFirst();
        while (next != null && next.entry().offset() < ends.get(next.entry().partition())) {
            stored = Math.max(stored, next.delta().seq());
            forgetKind(next.outcome());
            unstored.removeFirst();
            next = unstored.peekFirst();
        }
    }

    private void forgetKind(Outcome outcome) {
        Set<Kind> kinds = unstoredKinds.get(outcome.request());
        if (kinds != null && kinds.remove(outcome.kind()) && kinds.isEmpty()) {
            unstoredKinds.remove(outcome.request());
        }
    }

    /// A new month is a new snapshot.
    void turnTo(YearMonth current) {
        if (!current.equals(month)) {
            month = current;
            byMonth.keySet().removeIf(one -> one.isBefore(current));
            tellAnew();
        }
    }

    boolean isBeyondMemory() {
        return unstored.size() > MOST_UNSTORED;
    }

    State state() {
        List<Delta> recent = new ArrayList<>();
        unstored.stream().filter(Unstored::counted).map(Unstored::delta).forEach(recent::add);
        return new State(seq, stored, List.copyOf(recent), snapshot(), late);
    }

    void attach(Outbox reader) {
        readers.add(reader);
    }

    Set<Outbox> readers() {
        return Set.copyOf(readers);
    }

    /// Whether nobody has watched for that long.
    boolean isForgotten(long now, long lingerNanos) {
        readers.removeIf(Outbox::hasEnded);
        if (!readers.isEmpty()) {
            unwatchedSince = now;
        }
        return now - unwatchedSince >= lingerNanos;
    }

    private void tellAnew() {
        Snapshot snapshot = snapshot();
        readers.forEach(reader -> reader.add(snapshot));
    }

    private Snapshot snapshot() {
        return new Snapshot(seq, month, byMonth.getOrDefault(month, Totals.NONE));
    }
}
