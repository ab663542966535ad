package io.weir.analytics.stream;

import io.weir.analytics.metering.Outcome;
import io.weir.analytics.metering.Outcome.Kind;
import io.weir.analytics.metering.Outcome.Request;
import io.weir.analytics.metering.Standing;
import io.weir.analytics.stream.Frame.Checkpoint;
import io.weir.analytics.stream.Frame.Delta;
import io.weir.analytics.stream.Frame.Snapshot;
import io.weir.tenancy.TenantId;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The state of one tenant that is watched: its number, the sums of the month, and what ClickHouse may not
/// hold yet. Confined to the tail's thread.
final class WatchedTenant {

    // Ingestion that is further behind than this is an incident, and memory has an end.
    private static final int MOST_UNSTORED = 50_000;

    private final TenantId id;
    private final Base base;
    private final Map<YearMonth, Totals> byMonth;
    // Of what ClickHouse holds, as far as it is known here.
    private final Map<YearMonth, Totals> storedByMonth;
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
    private long changes;
    private long verifiedChanges = -1;
    private boolean inDoubt;
    private @Nullable State state;

    WatchedTenant(TenantId id, Base base, YearMonth month, long now) {
        this.id = id;
        this.base = base;
        this.storedByMonth = new HashMap<>(base.byMonth());
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

    /// What this says of the month before the horizon that it knows.
    ///
    /// @param changes how often what is stored had changed by then
    record Claim(WatchedTenant tenant, YearMonth month, long seq, Totals totals, long changes) {

        @Override
        public String toString() {
            return totals + " up to " + seq + " in " + month;
        }
    }

    TenantId id() {
        return id;
    }

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
        state = null;
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
            state = null;
            changes++;
            stored = Math.max(stored, next.delta().seq());
            storedByMonth.merge(
                    OutcomeHistory.month(next.outcome().time()), next.delta().increment(), Totals::plus);
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
            state = null;
            byMonth.keySet().removeIf(one -> one.isBefore(current));
            storedByMonth.keySet().removeIf(one -> one.isBefore(current));
            tellAnew();
        }
    }

    boolean isBeyondMemory() {
        return unstored.size() > MOST_UNSTORED;
    }

    // Many may come in between two records.
    State state() {
        State known = state;
        if (known == null) {
            List<Delta> recent = unstored.stream()
                    .filter(Unstored::counted)
                    .map(Unstored::delta)
                    .toList();
            known = new State(seq, stored, recent, snapshot(), late);
            state = known;
        }
        return known;
    }

    /// Whether somebody watches, and something is stored that was not compared.
    boolean isUnverified() {
        return changes != verifiedChanges && readers.stream().anyMatch(reader -> !reader.hasEnded());
    }

    Claim claim() {
        return new Claim(this, month, stored, storedByMonth.getOrDefault(month, Totals.NONE), changes);
    }

    /// ClickHouse says the same.
    void verified(Claim claim) {
        inDoubt = false;
        verifiedChanges = claim.changes();
        if (claim.month().equals(month)) {
            Checkpoint checkpoint = new Checkpoint(seq, month, byMonth.getOrDefault(month, Totals.NONE), claim.seq());
            readers.forEach(reader -> reader.add(checkpoint));
        }
    }

    /// ClickHouse says something else. Whether it did so the last time, too.
    boolean isInDoubtAgain() {
        boolean again = inDoubt;
        inDoubt = true;
        return again;
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
