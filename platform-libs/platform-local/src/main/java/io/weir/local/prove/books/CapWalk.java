package io.weir.local.prove.books;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A tenant's cap along the ledger: what is settled and held after each event of its partition, in their order.
public final class CapWalk {

    private final long cap;
    private final Map<String, Long> held = new HashMap<>();
    private final List<Point> points = new ArrayList<>();
    private long settled;
    private long holding;
    private long most;
    private long largest;
    private int overruns;
    private String firstOverrun = "";

    /// @param committed settled and held, from then on
    private record Point(long millis, long committed) {}

    public CapWalk(long cap) {
        this.cap = cap;
    }

    /// The request's last hold replaces those before.
    public void hold(String requestId, long ceiling, long millis) {
        Long before = held.put(requestId, ceiling);
        largest = Math.max(largest, ceiling);
        holding += ceiling - (before == null ? 0 : before);
        look(requestId, millis);
    }

    /// Settled, or released at 0.
    public void resolve(String requestId, long cost, long millis) {
        Long before = held.remove(requestId);
        holding -= before == null ? 0 : before;
        settled += cost;
        look(requestId, millis);
    }

    private void look(String requestId, long millis) {
        long committed = settled + holding;
        most = Math.max(most, committed);
        if (committed > cap) {
            overruns++;
            firstOverrun = firstOverrun.isEmpty() ? requestId : firstOverrun;
        }
        points.add(new Point(millis, committed));
    }

    /// The most that was settled and held at any instant within: no room was left for what needed more than the rest.
    public long mostBetween(long from, long until) {
        long peak = 0;
        long before = 0;
        for (Point point : points) {
            if (point.millis < from) {
                before = point.committed;
            } else if (point.millis <= until) {
                peak = Math.max(peak, point.committed);
            }
        }
        return Math.max(peak, before);
    }

    long largestCeiling() {
        return largest;
    }

    public long cap() {
        return cap;
    }

    public long settled() {
        return settled;
    }

    /// Settled and held, the most of all instants.
    public long most() {
        return most;
    }

    /// The request whose event was the first after which more was settled and held than the cap; empty: none.
    public String firstOverrun() {
        return firstOverrun;
    }

    /// Events after which more was settled and held than the cap.
    public int overruns() {
        return overruns;
    }
}
