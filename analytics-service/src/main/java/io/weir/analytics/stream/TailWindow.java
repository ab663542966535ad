package io.weir.analytics.stream;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// The newest records of the ledger that may tell of outcomes, for tenants that begin to be watched. Confined
/// to one thread.
final class TailWindow {

    private final long mostBytes;
    // INVARIANT: whatever the tail has read at or above begins[p] in partition p is in the window.
    private final long[] begins;
    private final Deque<LedgerEntry> entries = new ArrayDeque<>();
    private long bytes;

    TailWindow(Horizon from, long mostBytes) {
        this.begins = from.ends().stream().mapToLong(Long::longValue).toArray();
        this.mostBytes = mostBytes;
    }

    void add(LedgerEntry entry) {
        entries.addLast(entry);
        bytes += entry.bytes();
        while (bytes > mostBytes) {
            removeOldest();
        }
    }

    /// Gives up what lies below these offsets.
    void forget(List<Long> below) {
        LedgerEntry oldest = entries.peekFirst();
        while (oldest != null && oldest.offset() < below.get(oldest.partition())) {
            removeOldest();
            oldest = entries.peekFirst();
        }
    }

    /// Whether everything from the horizon on is here, as far as it has been read.
    boolean reachesBackTo(Horizon horizon) {
        for (int partition = 0; partition < begins.length; partition++) {
            if (begins[partition] > horizon.end(partition)) {
                return false;
            }
        }
        return true;
    }

    List<LedgerEntry> entries() {
        return List.copyOf(entries);
    }

    private void removeOldest() {
        LedgerEntry oldest = entries.removeFirst();
        bytes -= oldest.bytes();
        begins[oldest.partition()] = Math.max(begins[oldest.partition()], oldest.offset() + 1);
    }

    @Override
    public String toString() {
        return entries.size() + " records, " + bytes + " bytes, from " + Arrays.toString(begins);
    }
}
