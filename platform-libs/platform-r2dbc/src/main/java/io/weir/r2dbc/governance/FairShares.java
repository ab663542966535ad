package io.weir.r2dbc.governance;

import io.weir.tenancy.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Who may have a connection next. Of the tenants that wait, the one that holds fewest goes first, and among equals
/// they take turns: a thousand waiters of one stand behind the first of another.
///
/// A tenant holds at most its plan's share; half of all (rounded up) while another tenant is there; and never the last
/// fifth, which is for tenants that hold nothing. Alone, it may have the rest.
/// Safe for use by many threads; waiters are called outside the lock.
final class FairShares {

    private static final long SECOND = 1_000_000_000L;
    private static final long FORGET = 300 * SECOND;
    private static final int RESERVED_PART = 5;

    private final GovernanceProperties rules;
    private final LongSupplier nanos;
    private final AdaptiveLimit limit;
    // Held for some microseconds and never while anything is waited for, also on event loops.
    private final Object lock = new Object();
    private final Map<TenantId, Share> shares = new HashMap<>();
    // Those with waiters, in the order of their turns.
    private final Set<Share> waiting = new LinkedHashSet<>();
    private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calling = new AtomicInteger();

    // INVARIANT: inUse is the sum over shares of theirs, waitingCount that of their queues' lengths.
    private int inUse;
    private int waitingCount;
    private @Nullable Share latest;
    private @Nullable Share latestOther;
    private long lastAdjusted;
    private boolean dropped;
    private boolean saturated;

    FairShares(GovernanceProperties rules, int connections, LongSupplier nanos) {
        this.rules = rules;
        this.nanos = nanos;
        this.limit = new AdaptiveLimit(rules.minConnections(), connections);
        this.lastAdjusted = nanos.getAsLong();
    }

    /// A place for the tenant: admitted at once or waiting; null where its own queue, or everybody's, is full.
    @Nullable
    Ticket ask(TenantId tenant, PlanLimits limits) {
        try {
            synchronized (lock) {
                return asked(tenant, limits);
            }
        } finally {
            call();
        }
    }

    private @Nullable Ticket asked(TenantId tenant, PlanLimits limits) {
        long now = nanos.getAsLong();
        Share share = shares.computeIfAbsent(tenant, Share::new);
        seen(share, now);
        Ticket ticket = new Ticket(share, limits);
        if (share.waiting.isEmpty() && mayHaveOne(share, limits, now)) {
            admit(ticket, now);
            return ticket;
        }
        saturated = true;
        if (share.waiting.size() >= rules.maxWaitingPerTenant() || !madeRoomFor(share)) {
            return null;
        }
        share.waiting.addLast(ticket);
        waiting.add(share);
        waitingCount++;
        return ticket;
    }

    /// Gives back what the ticket has or waits for. May be repeated.
    void end(Ticket ticket) {
        try {
            synchronized (lock) {
                ended(ticket);
            }
        } finally {
            call();
        }
    }

    private void ended(Ticket ticket) {
        if (ticket.state == Ticket.State.ADMITTED) {
            long now = nanos.getAsLong();
            ticket.share.inUse--;
            inUse--;
            ticket.share.took(now - ticket.admittedAt);
            ticket.share.lastUsed = now;
            adjust(now);
        } else if (ticket.state == Ticket.State.WAITING && ticket.share.waiting.remove(ticket)) {
            left(ticket.share);
        }
        ticket.state = Ticket.State.ENDED;
        admitWaiting();
    }

    /// The server or the pool had no connection although we admitted.
    void dropped() {
        synchronized (lock) {
            dropped = true;
        }
    }

    /// @param tenants of which something is known
    record Figures(int limit, int inUse, int waiting, int tenants) {}

    Figures figures() {
        synchronized (lock) {
            return new Figures(limit.limit(), inUse, waitingCount, shares.size());
        }
    }

    private void admitWaiting() {
        long now = nanos.getAsLong();
        for (Share next = next(now); next != null; next = next(now)) {
            Ticket ticket = next.waiting.removeFirst();
            left(next);
            // Behind the others, for its next turn.
            if (waiting.remove(next)) {
                waiting.add(next);
            }
            admit(ticket, now);
            calls.add(ticket::call);
        }
    }

    private @Nullable Share next(long now) {
        Share best = null;
        if (inUse >= limit.limit()) {
            return null;
        }
        for (Share share : waiting) {
            boolean better = best == null || share.inUse < best.inUse;
            if (better && mayHaveOne(share, share.waiting.getFirst().limits, now)) {
                best = share;
            }
        }
        return best;
    }

    private boolean mayHaveOne(Share share, PlanLimits limits, long now) {
        int all = limit.limit();
        if (share.inUse == 0) {
            return inUse < all;
        }
        int reserved = all < 2 ? 0 : Math.max(1, all / RESERVED_PART);
        int most = othersThere(share, now) ? (all + 1) / 2 : all;
        return inUse < all - reserved && share.inUse < Math.min(limits.connections(), most);
    }

    // Whoever used the database lately will want its room again in a moment.
    private boolean othersThere(Share share, long now) {
        if (inUse > share.inUse || waitingCount > share.waiting.size()) {
            return true;
        }
        Share other = latest == share ? latestOther : latest;
        return other != null && now - other.lastUsed < rules.presence().toNanos();
    }

    private void seen(Share share, long now) {
        share.lastUsed = now;
        if (latest != share) {
            latestOther = latest;
            latest = share;
        }
    }

    private boolean madeRoomFor(Share share) {
        if (waitingCount < rules.maxWaiting()) {
            return true;
        }
        Share most = share;
        for (Share other : waiting) {
            if (other.waiting.size() > most.waiting.size()) {
                most = other;
            }
        }
        if (most.waiting.size() <= share.waiting.size() + 1) {
            return false;
        }
        Ticket last = most.waiting.removeLast();
        last.state = Ticket.State.ENDED;
        left(most);
        calls.add(last::pushOut);
        return true;
    }

    private void admit(Ticket ticket, long now) {
        ticket.state = Ticket.State.ADMITTED;
        ticket.admittedAt = now;
        ticket.share.inUse++;
        inUse++;
    }

    private void left(Share share) {
        waitingCount--;
        if (share.waiting.isEmpty()) {
            waiting.remove(share);
        }
    }

    private void adjust(long now) {
        if (now - lastAdjusted < SECOND) {
            return;
        }
        lastAdjusted = now;
        List<Double> votes = new ArrayList<>();
        for (Share share : shares.values()) {
            double slowdown = share.slowdown();
            if (slowdown >= 0) {
                votes.add(slowdown);
            }
        }
        limit.adjust(votes.stream().mapToDouble(Double::doubleValue).toArray(), dropped, saturated);
        dropped = false;
        saturated = false;
        shares.values().removeIf(share -> share.isIdleSince(now - FORGET));
    }

    // One thread calls for all, one after the other: work that ends at once would otherwise call ever deeper.
    private void call() {
        if (calls.isEmpty() || calling.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            for (Runnable next = calls.poll(); next != null; next = calls.poll()) {
                next.run();
            }
            missed = calling.addAndGet(-missed);
        } while (missed != 0);
    }
}
