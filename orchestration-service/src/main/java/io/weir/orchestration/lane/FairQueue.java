package io.weir.orchestration.lane;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Start-time fair queueing: of those who wait, the one is next whose flow got the least service for
/// its weight. Within a flow it is first come, first served. A flow that had nothing waiting gets no
/// credit for that.
///
/// A flow's tag is made when its entry becomes its first, so that entries which leave cost their flow
/// nothing. Flows are exact, not hashed together: there are never more than entries wait, and few that
/// were just served. Not safe for use by several threads.
///
/// @param <F> what tells flows apart
/// @param <T> what waits
final class FairQueue<F, T> {

    private final Map<F, Flow> flows = new HashMap<>();
    // With entries, by the tag of the first of them.
    private final TreeSet<Flow> backlogged =
            new TreeSet<>(Comparator.<Flow>comparingDouble(flow -> flow.start).thenComparingLong(flow -> flow.number));
    // Without entries, and ahead of the virtual time: what they got counts when they come back.
    private final TreeSet<Flow> served =
            new TreeSet<>(Comparator.<Flow>comparingDouble(flow -> flow.finish).thenComparingLong(flow -> flow.number));
    private double now;
    private double weights;
    private double effort;
    private long numbers;
    private int size;

    /// One that waits.
    final class Entry {

        private final Flow flow;
        private final T what;
        private final double effort;
        private boolean waits = true;

        private Entry(Flow flow, T what, double effort) {
            this.flow = flow;
            this.what = what;
            this.effort = effort;
        }

        T what() {
            return what;
        }
    }

    private final class Flow {

        private final F key;
        private final long number = numbers++;
        private final LinkedHashSet<Entry> waiting = new LinkedHashSet<>();
        private double weight;
        private double start;
        private double finish;
        private double backlog;

        private Flow(F key) {
            this.key = key;
        }

        private double length() {
            return backlog / weight;
        }
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// Waits from now on.
    ///
    /// @param weight of the flow, above 0
    /// @param effort of serving it, above 0, in a unit that is the same for all
    Entry add(F key, double weight, double effort, T what) {
        Flow flow = flows.computeIfAbsent(key, Flow::new);
        Entry entry = new Entry(flow, what, effort);
        if (flow.waiting.isEmpty()) {
            served.remove(flow);
            flow.weight = weight;
            flow.start = Math.max(now, flow.finish);
            backlogged.add(flow);
            weights += weight;
        } else {
            weights += weight - flow.weight;
            flow.weight = weight;
        }
        flow.waiting.add(entry);
        flow.backlog += effort;
        this.effort += effort;
        size++;
        return entry;
    }

    /// Null: nobody waits.
    @Nullable
    Entry first() {
        return backlogged.isEmpty() ? null : backlogged.first().waiting.getFirst();
    }

    /// The first one is served.
    void serveFirst() {
        Flow flow = backlogged.pollFirst();
        if (flow == null) {
            throw new IllegalStateException("nobody waits");
        }
        now = flow.start;
        Entry entry = flow.waiting.removeFirst();
        entry.waits = false;
        flow.finish = flow.start + entry.effort / flow.weight;
        left(flow, entry);
        if (flow.waiting.isEmpty()) {
            served.add(flow);
        } else {
            flow.start = flow.finish;
            backlogged.add(flow);
        }
        forget();
    }

    /// No longer waits. False: it did not.
    boolean remove(Entry entry) {
        if (!entry.waits) {
            return false;
        }
        entry.waits = false;
        Flow flow = entry.flow;
        flow.waiting.remove(entry);
        left(flow, entry);
        if (flow.waiting.isEmpty()) {
            backlogged.remove(flow);
            if (flow.finish > now) {
                served.add(flow);
            } else {
                flows.remove(flow.key);
            }
            forget();
        }
        return true;
    }

    private void left(Flow flow, Entry entry) {
        size--;
        flow.backlog -= entry.effort;
        effort -= entry.effort;
        if (flow.waiting.isEmpty()) {
            weights -= flow.weight;
            flow.backlog = 0;
        }
        if (size == 0) {
            weights = 0;
            effort = 0;
        }
    }

    // Who is not ahead of anybody has nothing to be remembered for; where nobody waits, nobody is ahead.
    private void forget() {
        if (size == 0) {
            now = 0;
            served.clear();
            flows.clear();
            return;
        }
        while (!served.isEmpty() && served.first().finish <= now) {
            flows.remove(served.pollFirst().key);
        }
    }

    /// How much is served, at most, before and with the next entry of that flow, if those who wait now
    /// are all that come.
    double ahead(F key, double weight, double effort) {
        Flow flow = flows.get(key);
        double own = effort;
        double others = weights;
        if (flow != null && !flow.waiting.isEmpty()) {
            own += flow.backlog;
            others -= flow.weight;
        }
        return Math.min(this.effort + effort, own * (weight + others) / weight);
    }

    /// The last of the flow with most waiting for its weight, which a new entry of that flow would not
    /// make longer than it; null: the new one's own is the longest.
    @Nullable
    Entry lastOfLongest(F key, double weight, double effort) {
        Flow own = flows.get(key);
        double longest = ((own == null ? 0 : own.backlog) + effort) / weight;
        Flow found = null;
        for (Flow flow : backlogged) {
            if (flow != own && flow.length() > longest) {
                longest = flow.length();
                found = flow;
            }
        }
        return found == null ? null : found.waiting.getLast();
    }

    /// Flows that are remembered.
    int flows() {
        return flows.size();
    }
}
