package io.weir.orchestration.lane;

import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/// Where the calls wait that one gate has no room for, and the order in which they get it. With room,
/// and nobody waiting, entering is a lock and some sums. Safe for use by many threads.
final class Lane {

    private final String title;
    private final Gate gate;
    private final FairQueue<Flow, Wait> queue = new FairQueue<>();
    private final LaneMeters meters;
    private final int longest;
    private final LongSupplier clock;
    private final Scheduler timers;
    private final Object lock = new Object();
    private @Nullable Disposable alarm;
    private long alarmAt;

    /// What is shared by weight.
    record Flow(TenantId tenant, Priority priority) {}

    /// Who wants in.
    ///
    /// @param tokens that the call is expected to use, at least 1
    /// @param stream whether its answer comes in pieces
    /// @param patience how long it may wait
    record Visit(Flow flow, double weight, long tokens, boolean stream, Duration patience) {}

    /// Told once, on a thread of its own.
    interface Waiting {
        void entered();

        void refused(LaneFull why);
    }

    /// One that waits; [#leave] takes it out.
    final class Wait {

        private final Visit visit;
        private final Waiting waiting;
        private final long since;
        private FairQueue<Flow, Wait>.@Nullable Entry entry;
        private @Nullable Disposable limit;

        private Wait(Visit visit, Waiting waiting, long since) {
            this.visit = visit;
            this.waiting = waiting;
            this.since = since;
        }

        /// False: it was told already, or is being told.
        boolean leave() {
            return out(this);
        }
    }

    /// @param title for messages, as `openai`
    /// @param longest calls that wait at the same time, at most
    /// @param timers on which those are told that waited
    Lane(String title, Gate gate, LaneMeters meters, int longest, LongSupplier clock, Scheduler timers) {
        this.title = title;
        this.gate = gate;
        this.meters = meters;
        this.longest = longest;
        this.clock = clock;
        this.timers = timers;
    }

    /// Whether it entered, without waiting.
    boolean enters(long tokens) {
        synchronized (lock) {
            return queue.isEmpty() && gate.take(tokens, clock.getAsLong()) == 0;
        }
    }

    /// Waits, unless that is hopeless: then [LaneFull] is thrown at once.
    Wait await(Visit visit, Waiting waiting) {
        Wait wait = new Wait(visit, waiting, clock.getAsLong());
        Wait pushedOut;
        synchronized (lock) {
            double cost = gate.cost(visit.tokens());
            long ahead = ahead(visit, cost, wait.since);
            if (ahead > visit.patience().toNanos()) {
                meters.hopeless();
                throw full(visit, ahead);
            }
            pushedOut = room(visit, cost);
            wait.entry = queue.add(visit.flow(), visit.weight(), cost, wait);
            wait.limit = timers.schedule(() -> expired(wait), visit.patience().toNanos(), TimeUnit.NANOSECONDS);
        }
        if (pushedOut != null) {
            refuse(pushedOut);
        }
        pump();
        return wait;
    }

    private long ahead(Visit visit, double cost, long now) {
        double ahead = queue.ahead(visit.flow(), visit.weight(), cost) - cost;
        return gate.pause(now) + (long) Math.min(ahead, Long.MAX_VALUE / 4.0);
    }

    // In a full queue there is room at the cost of whoever waits with most.
    private @Nullable Wait room(Visit visit, double cost) {
        if (queue.size() < longest) {
            return null;
        }
        FairQueue<Flow, Wait>.Entry last = queue.lastOfLongest(visit.flow(), visit.weight(), cost);
        if (last == null) {
            meters.crowded();
            throw full(visit, (long) queue.ahead(visit.flow(), visit.weight(), cost));
        }
        queue.remove(last);
        return last.what();
    }

    private void refuse(Wait pushedOut) {
        meters.crowded();
        end(pushedOut);
        LaneFull why = full(pushedOut.visit, pushedOut.visit.patience().toNanos());
        timers.schedule(() -> pushedOut.waiting.refused(why));
    }

    private LaneFull full(Visit visit, long nanos) {
        boolean rate;
        synchronized (lock) {
            rate = gate.isShortOfRate(visit.tokens(), clock.getAsLong());
        }
        Duration wait = Duration.ofNanos(nanos);
        return rate
                ? new LaneFull(
                        ProblemType.UPSTREAM_RATE_LIMITED,
                        "This platform's limit at " + title + " is used up, and your share of it by calls that wait."
                                + " Try again when the header retry-after says so.",
                        wait,
                        true)
                : new LaneFull(
                        ProblemType.UPSTREAM_UNAVAILABLE,
                        title + " has as many calls as it takes at the same time. Try again in a moment.",
                        wait,
                        true);
    }

    private void expired(Wait wait) {
        if (out(wait)) {
            meters.expired();
            wait.waiting.refused(full(wait.visit, wait.visit.patience().toNanos()));
        }
    }

    private boolean out(Wait wait) {
        boolean left;
        synchronized (lock) {
            FairQueue<Flow, Wait>.Entry entry = wait.entry;
            left = entry != null && queue.remove(entry);
        }
        if (left) {
            end(wait);
            pump();
        }
        return left;
    }

    private static void end(Wait wait) {
        Disposable limit = wait.limit;
        if (limit != null) {
            limit.dispose();
        }
    }

    /// A call that entered has ended.
    ///
    /// @param unused whether nothing was asked for it, so that its part of the limits is given back
    /// @param nanos that it took; 0: that says nothing
    void leave(long tokens, boolean unused, long nanos) {
        synchronized (lock) {
            if (unused) {
                gate.spend(-1, -tokens);
            }
            gate.giveBack(tokens, nanos);
        }
        pump();
    }

    /// Spent besides what was taken on entering; negative: less was.
    void spent(int requests, long tokens) {
        synchronized (lock) {
            gate.spend(requests, tokens);
        }
        if (tokens < 0) {
            pump();
        }
    }

    void pause(Duration pause) {
        synchronized (lock) {
            gate.pauseUntil(clock.getAsLong() + pause.toNanos());
        }
    }

    void limit(Limits limits) {
        synchronized (lock) {
            gate.limit(limits, clock.getAsLong());
        }
        pump();
    }

    Limits limits() {
        synchronized (lock) {
            return gate.limits();
        }
    }

    void atMost(@Nullable Double requests, @Nullable Double tokens) {
        synchronized (lock) {
            gate.atMost(requests, tokens, clock.getAsLong());
        }
    }

    int running() {
        synchronized (lock) {
            return gate.running();
        }
    }

    int waiting() {
        synchronized (lock) {
            return queue.size();
        }
    }

    private void pump() {
        List<Wait> entered = new ArrayList<>();
        synchronized (lock) {
            for (FairQueue<Flow, Wait>.Entry first = queue.first(); first != null; first = queue.first()) {
                long wait = gate.take(first.what().visit.tokens(), clock.getAsLong());
                if (wait > 0) {
                    wakeIn(wait);
                    break;
                }
                queue.serveFirst();
                entered.add(first.what());
            }
        }
        for (Wait each : entered) {
            end(each);
            meters.waited(clock.getAsLong() - each.since);
            timers.schedule(each.waiting::entered);
        }
    }

    private void wakeIn(long nanos) {
        if (nanos == Gate.NOT_BY_TIME) {
            return;
        }
        long at = clock.getAsLong() + nanos;
        Disposable set = alarm;
        if (set != null && alarmAt - at <= 0) {
            return;
        }
        if (set != null) {
            set.dispose();
        }
        alarmAt = at;
        alarm = timers.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
    }

    private void wake() {
        synchronized (lock) {
            alarm = null;
        }
        pump();
    }
}
