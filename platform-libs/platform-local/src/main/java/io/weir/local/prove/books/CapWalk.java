package io.weir.local.prove.books;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A tenant's cap along the ledger: what is settled and held after each event, in the order of the times that events
/// have from where they happened. The order of their partition is another one: what lay in a process's write-ahead file
/// while the broker was away stands behind what others wrote meanwhile.
public final class CapWalk {

    private final long cap;
    private final List<Event> events = new ArrayList<>();
    private long settled;
    private long most;
    private long largest;
    private int overruns;
    private String firstOverrun = "";
    private boolean walked = true;

    /// @param amount a ceiling, or what was settled
    private record Event(Instant at, String requestId, boolean holds, long amount) {}

    public CapWalk(long cap) {
        this.cap = cap;
    }

    /// The request's last hold replaces those before.
    public void hold(String requestId, long ceiling, Instant at) {
        largest = Math.max(largest, ceiling);
        add(new Event(at, requestId, true, ceiling));
    }

    /// Settled, or released at 0.
    public void resolve(String requestId, long cost, Instant at) {
        settled += cost;
        add(new Event(at, requestId, false, cost));
    }

    private void add(Event event) {
        events.add(event);
        walked = false;
    }

    private void walk() {
        if (walked) {
            return;
        }
        walked = true;
        most = 0;
        overruns = 0;
        firstOverrun = "";
        Map<String, Long> held = new HashMap<>();
        Set<String> resolved = new HashSet<>();
        long committed = 0;
        // Stable: of the same time, the order of the partition.
        for (Event event :
                events.stream().sorted(Comparator.comparing(Event::at)).toList()) {
            if (event.holds && resolved.contains(event.requestId)) {
                continue;
            }
            Long before = event.holds ? held.put(event.requestId, event.amount) : held.remove(event.requestId);
            committed += event.amount - (before == null ? 0 : before);
            if (!event.holds) {
                resolved.add(event.requestId);
            }
            look(event, committed);
        }
    }

    private void look(Event event, long committed) {
        most = Math.max(most, committed);
        if (committed > cap) {
            overruns++;
            firstOverrun = firstOverrun.isEmpty() ? event.requestId : firstOverrun;
        }
    }

    /// Each request once.
    Collection<CapLife> lives() {
        Map<String, CapLife> lives = new HashMap<>();
        for (Event event :
                events.stream().sorted(Comparator.comparing(Event::at)).toList()) {
            lives.merge(event.requestId, life(event), CapWalk::later);
        }
        return lives.values();
    }

    private static CapLife life(Event event) {
        return event.holds
                ? new CapLife(event.requestId, event.at, event.amount, null, 0)
                : new CapLife(event.requestId, event.at, 0, event.at, event.amount);
    }

    private static CapLife later(CapLife known, CapLife next) {
        if (known.resolved() != null) {
            return known;
        }
        return new CapLife(
                known.requestId(),
                known.began(),
                Math.max(known.ceiling(), next.ceiling()),
                next.resolved(),
                next.cost());
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
        walk();
        return most;
    }

    /// The request whose event was the first after which more was settled and held than the cap; empty: none.
    public String firstOverrun() {
        walk();
        return firstOverrun;
    }

    /// Events after which more was settled and held than the cap.
    public int overruns() {
        walk();
        return overruns;
    }
}
