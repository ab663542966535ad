package io.weir.orchestration.budget.lease;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who may ask the store next of those that nobody waits for at this moment: each kind first come, first served, with
/// its own number at once, so that no window waits behind those that came after it, and no kind behind another. Safe
/// for use by many threads.
final class Turns<T> {

    /// For what.
    enum Kind {
        /// Calls wait that found no room.
        ASKED_AGAIN,
        /// A lease ends, or others wait for it.
        ENDING,
        /// What was settled is told.
        TELLING
    }

    private final int atOnce;
    private final Map<Kind, Line<T>> lines;

    Turns(int atOnce) {
        this.atOnce = atOnce;
        this.lines =
                Arrays.stream(Kind.values()).collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> new Line<>()));
    }

    private Line<T> line(Kind kind) {
        return Objects.requireNonNull(lines.get(kind));
    }

    private static final class Line<T> {
        private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
        private final Set<T> inLine = ConcurrentHashMap.newKeySet();
        private final AtomicInteger running = new AtomicInteger();
    }

    /// At the end of the line, unless it is in it.
    void enter(Kind kind, T one) {
        Line<T> line = line(kind);
        if (line.inLine.add(one)) {
            line.waiting.add(one);
        }
    }

    /// Whose turn it is, until [#end]; null: nobody's now.
    @Nullable
    T next(Kind kind) {
        Line<T> line = line(kind);
        if (line.running.incrementAndGet() <= atOnce) {
            T one = line.waiting.poll();
            if (one != null) {
                line.inLine.remove(one);
                return one;
            }
        }
        line.running.decrementAndGet();
        return null;
    }

    void end(Kind kind) {
        line(kind).running.decrementAndGet();
    }
}
