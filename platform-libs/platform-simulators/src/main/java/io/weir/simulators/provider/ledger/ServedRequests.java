package io.weir.simulators.provider.ledger;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The provider's own books. Totals and entries agree in every [Snapshot]. Safe for concurrent use; memory is bounded
/// by the capacity, beyond which the oldest entries go and only their sums stay.
public final class ServedRequests {

    private final int capacity;
    private final Deque<ServedRequest> answered = new ArrayDeque<>();
    private final Deque<ServedRequest> refused = new ArrayDeque<>();
    private final Map<String, LedgerTotals> byProvider = new TreeMap<>();
    private LedgerTotals totals = LedgerTotals.ZERO;
    private long inFlight;

    /// Empty books.
    ///
    /// @param capacity entries kept of the answered calls, and as many of the failed ones; at least 1
    public ServedRequests(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("ledger capacity: " + capacity + " (expected: >= 1)");
        }
        this.capacity = capacity;
    }

    /// A call has begun; exactly one [#record] follows.
    public synchronized void begin() {
        inFlight++;
    }

    public synchronized void record(ServedRequest call) {
        inFlight--;
        totals = totals.plus(call);
        byProvider.put(
                call.provider(),
                byProvider.getOrDefault(call.provider(), LedgerTotals.ZERO).plus(call));
        Deque<ServedRequest> entries = call.isAnswered() ? answered : refused;
        if (entries.size() == capacity) {
            entries.removeFirst();
            totals = totals.evicting();
        }
        entries.addLast(call);
    }

    /// Empties the books; calls that still run are entered when they end.
    public synchronized void clear() {
        totals = LedgerTotals.ZERO;
        byProvider.clear();
        answered.clear();
        refused.clear();
    }

    public synchronized Snapshot summary() {
        return new Snapshot(totals, Map.copyOf(byProvider), inFlight, List.of(), List.of());
    }

    public synchronized Snapshot snapshot() {
        return new Snapshot(totals, Map.copyOf(byProvider), inFlight, List.copyOf(answered), List.copyOf(refused));
    }

    /// The books at one moment, oldest entries first.
    ///
    /// @param byProvider the sums of each provider that was called, by its name on the wire
    public record Snapshot(
            LedgerTotals totals,
            Map<String, LedgerTotals> byProvider,
            long inFlight,
            List<ServedRequest> answered,
            List<ServedRequest> refused) {}
}
