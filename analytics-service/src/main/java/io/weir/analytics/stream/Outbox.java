package io.weir.analytics.stream;

import io.weir.analytics.stream.Frame.Budget;
import io.weir.analytics.stream.Frame.Checkpoint;
import io.weir.analytics.stream.Frame.Delta;
import io.weir.analytics.stream.Frame.Notice;
import io.weir.analytics.stream.Frame.Ping;
import io.weir.analytics.stream.Frame.Snapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Frames on their way to one reader. Takes from any thread and never waits; gives as the reader demands.
/// When `capacity` frames wait, neighbouring deltas become one with the same sums, and of several snapshots
/// the last stays: what waits is then at most a handful of frames, whatever is added.
final class Outbox {

    // A reader that missed as many alerts has to look at its budgets anyway.
    private static final int MOST_ALERTS = 16;

    private final int capacity;
    private final StreamMeters meters;
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private final AtomicInteger draining = new AtomicInteger();
    private final Sinks.One<Ending> ended = Sinks.one();
    private final AtomicReference<Runnable> opened = new AtomicReference<>(() -> {});
    private int opening;
    private boolean begun;
    private boolean done;
    private @Nullable Ending ending;
    private volatile @Nullable FluxSink<Frame> sink;
    // INVARIANT: the number of the frame that was taken last; what is waiting is above it or speaks of it.
    private long seq;
    private long progressAt;
    private long pingAt;

    Outbox(int capacity, StreamMeters meters, long now) {
        this.capacity = capacity;
        this.meters = meters;
        this.progressAt = now;
        this.pingAt = now;
    }

    /// Opens it: these come before all that was added meanwhile. They are not coalesced.
    ///
    /// @param at the number that the reader has reached; 0 where these begin with a snapshot
    void begin(List<Frame> first, long at) {
        synchronized (this) {
            seq = at;
            for (int i = first.size() - 1; i >= 0; i--) {
                waiting.addFirst(first.get(i));
            }
            opening = first.size();
            begun = true;
        }
        drain();
    }

    /// To be run once the first frames are taken, or it has ended. Replaces what was to be run.
    void onOpened(Runnable then) {
        opened.set(then);
        if (hasEnded()) {
            over();
        }
    }

    private void over() {
        opened.getAndSet(() -> {}).run();
    }

    void add(Frame frame) {
        synchronized (this) {
            if (ending != null) {
                return;
            }
            waiting.addLast(frame);
            if (waiting.size() - opening > capacity) {
                coalesce();
            }
        }
        drain();
    }

    /// Ends it: at once where the reader is slow or gone, else after what is waiting.
    void end(Ending why) {
        synchronized (this) {
            if (ending != null) {
                return;
            }
            ending = why;
            if (why != Ending.RESTART) {
                waiting.clear();
            }
        }
        over();
        ended.tryEmitValue(why);
        drain();
    }

    boolean hasEnded() {
        synchronized (this) {
            return ending != null;
        }
    }

    /// Why it ended, once it has.
    Mono<Ending> ended() {
        return ended.asMono();
    }

    /// To be called now and then, with readings of [System#nanoTime()]: pings, and gives up on who is stuck.
    void tick(long now, Duration ping, Duration slowAfter) {
        boolean due;
        boolean stuck;
        synchronized (this) {
            due = begun && now - pingAt >= ping.toNanos();
            if (due) {
                pingAt = now;
            }
            // Until it has begun, it is not the reader for whom it waits.
            if (waiting.isEmpty() || !begun) {
                progressAt = now;
            }
            stuck = now - progressAt >= slowAfter.toNanos();
        }
        if (stuck) {
            end(Ending.SLOW);
        } else if (due) {
            add(new Ping(0));
        }
    }

    /// To be subscribed to once. Completes when it ends.
    Flux<Frame> frames() {
        return Flux.create(
                subscriber -> {
                    sink = subscriber;
                    subscriber.onRequest(demand -> drain());
                    subscriber.onDispose(() -> end(Ending.LEFT));
                },
                FluxSink.OverflowStrategy.ERROR);
    }

    private void drain() {
        FluxSink<Frame> out = sink;
        if (out == null || draining.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            Frame next = out.requestedFromDownstream() > 0 ? take() : null;
            while (next != null) {
                out.next(next);
                next = out.requestedFromDownstream() > 0 ? take() : null;
            }
            if (isOpened()) {
                over();
            }
            if (completes()) {
                out.complete();
            }
            missed = draining.addAndGet(-missed);
        } while (missed != 0);
    }

    private synchronized boolean isOpened() {
        return begun && opening == 0;
    }

    private synchronized boolean completes() {
        boolean over = ending != null && waiting.isEmpty() && !done;
        done |= over;
        return over;
    }

    private synchronized @Nullable Frame take() {
        Frame next = begun ? waiting.pollFirst() : null;
        if (next == null) {
            return null;
        }
        opening = Math.max(0, opening - 1);
        progressAt = System.nanoTime();
        Frame told = switch (next) {
            case Ping ping -> new Ping(seq);
            case Notice notice -> new Notice(seq, notice.reason(), notice.message());
            case Budget budget -> new Budget(seq, budget.alert());
            case Snapshot snapshot -> snapshot;
            case Delta delta -> delta;
            case Checkpoint checkpoint -> checkpoint;
        };
        seq = told.seq();
        meters.sent(told);
        return told;
    }

    // Snapshots replace sums, deltas carry numbers on: all deltas before the last snapshot become one, then it, then
    // one
    // of all deltas after it. A checkpoint speaks of the moment at which it was added: it stays where nothing followed.
    private void coalesce() {
        List<Frame> first = new ArrayList<>();
        for (int i = 0; i < opening; i++) {
            first.add(waiting.removeFirst());
        }
        Delta before = null;
        Snapshot snapshot = null;
        Delta after = null;
        Checkpoint checkpoint = null;
        Notice notice = null;
        Map<String, Budget> alerts = new LinkedHashMap<>();
        for (Frame frame : waiting) {
            switch (frame) {
                case Delta delta -> {
                    after = after == null ? delta : after.and(delta);
                    checkpoint = null;
                }
                case Snapshot latest -> {
                    before = before == null ? after : after == null ? before : before.and(after);
                    after = null;
                    snapshot = latest;
                    checkpoint = null;
                }
                case Checkpoint latest -> checkpoint = latest;
                case Budget latest -> {
                    // The later of two of one budget says it all, at the place of the later one.
                    alerts.remove(latest.alert().matter());
                    alerts.put(latest.alert().matter(), latest);
                }
                case Notice latest -> notice = latest;
                case Ping ping -> meters.coalesced();
            }
        }
        meters.coalesced();
        waiting.clear();
        waiting.addAll(first);
        for (Frame frame : new Frame[] {before, snapshot, after, checkpoint}) {
            if (frame != null) {
                waiting.addLast(frame);
            }
        }
        // Whoever has more budgets in trouble than that is told of the rest when it comes back.
        alerts.values().stream().skip(Math.max(0, alerts.size() - MOST_ALERTS)).forEach(waiting::addLast);
        if (notice != null) {
            waiting.addLast(notice);
        }
    }
}
