package io.weir.orchestration.budget.lease;

import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Answer;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import io.weir.orchestration.budget.lease.BudgetStore.Order;
import io.weir.tenancy.TenantContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One window as this process sees it: its leases, the calls that wait for room, and the one order that is on its way.
/// Decides only; whoever runs the orders is told what to do after each. Safe for use by many threads. Times are of
/// [System#nanoTime].
///
/// INVARIANT: free + held of a lease is at most what the store says it has.
final class WindowAccount {

    // A lease is read back from the ledger from its begin on, should this process die: short ones are read soon.
    private static final long LIFE = Duration.ofSeconds(60).toNanos();
    private static final long IDLE = Duration.ofSeconds(3).toNanos();
    private static final long FORGOTTEN = Duration.ofMinutes(2).toNanos();
    private static final long TELL_WITHIN = Duration.ofMillis(500).toNanos();
    private static final long ASK_AGAIN = Duration.ofMillis(30).toNanos();
    private static final long AFTER_FAILURE = Duration.ofMillis(250).toNanos();

    private final WindowId window;
    private final TenantContext owner;
    private final Supplier<UUID> holder;
    private final InstantSource clock;
    private final List<Lease> closing = new ArrayList<>();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private Terms terms;
    private @Nullable Lease current;
    private @Nullable Running running;
    // The window has too little left for more than what calls need.
    private boolean tail;
    private long lastUse;
    private long quietUntil = Long.MIN_VALUE;
    private boolean retired;

    WindowAccount(
            WindowId window, TenantContext owner, Terms terms, Supplier<UUID> holder, InstantSource clock, long now) {
        this.window = window;
        this.owner = owner;
        this.terms = terms;
        this.holder = holder;
        this.clock = clock;
        this.lastUse = now;
    }

    private record Running(Order order, Lease lease, List<Waiter> asking, List<Runnable> resolvers, Amount returned) {}

    WindowId window() {
        return window;
    }

    /// False: it was retired; there is another one by now, or will be.
    synchronized boolean enter(long now) {
        lastUse = now;
        return !retired;
    }

    /// True where nothing is left and nobody came for long.
    synchronized boolean retire(long now) {
        retired = retired
                || (current == null
                        && closing.isEmpty()
                        && waiting.isEmpty()
                        && running == null
                        && now - lastUse > FORGOTTEN);
        return retired;
    }

    /// Holds at once where the lease has room; null: [#await] it.
    synchronized @Nullable LeasedHold take(Amount ceiling, Terms now, long at) {
        follow(now);
        lastUse = at;
        Lease lease = current;
        if (lease == null || !lease.canHold(ceiling)) {
            return null;
        }
        lease.hold(ceiling);
        return new LeasedHold(this, lease, ceiling);
    }

    /// Raises at once where the lease has room; false: [#await] it.
    synchronized boolean raise(LeasedHold hold, Amount by) {
        if (hold.resolved || !hold.lease.canHold(by)) {
            return false;
        }
        hold.lease.hold(by);
        hold.ceiling = hold.ceiling.plus(by);
        return true;
    }

    // A lower limit takes effect at once: nothing more is held before the store was asked.
    private void follow(Terms newest) {
        if (newest.version() > terms.version()) {
            terms = newest;
            leases().forEach(lease -> lease.recalled = true);
        }
    }

    /// False: what it would raise was lost.
    synchronized boolean await(Waiter waiter) {
        LeasedHold raises = waiter.raises;
        if (raises != null && (raises.lease.lost || raises.resolved)) {
            return false;
        }
        waiting.add(waiter);
        return true;
    }

    synchronized void giveUp(Waiter waiter) {
        waiting.remove(waiter);
    }

    /// Replaces a hold by what was spent of it, at most its ceiling; once.
    ///
    /// @param done to be run by the caller now, where true is answered; else it is run when others can see it
    synchronized boolean resolve(LeasedHold hold, Amount spent, Runnable done) {
        Lease lease = hold.lease;
        if (!hold.resolved) {
            hold.resolved = true;
            lease.resolve(hold.ceiling, spent.compareTo(hold.ceiling) > 0 ? hold.ceiling : spent);
        }
        if (lease.lost || !(lease.tight || tail || lease.closing || isTelling(lease))) {
            return true;
        }
        lease.resolvers.add(done);
        lease.dirty = true;
        return false;
    }

    // Others may rely on what is on its way.
    private boolean isTelling(Lease lease) {
        return running != null && running.lease == lease && running.order.tight();
    }

    synchronized Amount ceiling(LeasedHold hold) {
        return hold.ceiling;
    }

    synchronized boolean isLost(LeasedHold hold) {
        return hold.lease.lost;
    }

    /// Others wait for what the lease has to spare.
    synchronized void recall(UUID leaseId) {
        leases().filter(lease -> lease.id.equals(leaseId)).forEach(lease -> lease.recalled = true);
    }

    /// Whether others may wait for what it has to spare.
    synchronized boolean isLoose() {
        return leases().anyMatch(lease -> !lease.tight && !lease.lost);
    }

    /// This process was taken for dead. Gives what is to be done then.
    synchronized List<Runnable> loseAll() {
        List<Runnable> next = new ArrayList<>();
        leases().toList().forEach(lease -> lose(lease, next));
        return next;
    }

    /// Ends leases that are old, or that nobody used for a while. Gives what is to be done, outside of any lock, for
    /// calls that waited for too long; those that are being asked for are told by their order.
    synchronized List<Runnable> tidy(long now) {
        List<Runnable> next = new ArrayList<>();
        waiting.stream()
                .filter(waiter -> now - waiter.deadline > 0 && !isAsked(waiter))
                .toList()
                .forEach(waiter -> settle(waiter, waiter.late(), next));
        Lease lease = current;
        if (lease != null
                && waiting.isEmpty()
                && (now - lease.since > LIFE || (lease.held.isZero() && now - lastUse > IDLE))) {
            close(lease);
        }
        return next;
    }

    private boolean isAsked(Waiter waiter) {
        return running != null && running.asking.contains(waiter);
    }

    synchronized void closeAll() {
        Lease lease = current;
        if (lease != null) {
            close(lease);
        }
    }

    /// Whether the store knows all there is to know of leases that end.
    synchronized boolean isTold() {
        return running == null && closing.stream().noneMatch(lease -> lease.dirty);
    }

    private void close(Lease lease) {
        lease.closing = true;
        lease.dirty = true;
        closing.add(lease);
        current = null;
    }

    private Stream<Lease> leases() {
        return current == null ? closing.stream() : Stream.concat(Stream.of(current), closing.stream());
    }

    /// Whether somebody waits for an order that could run now.
    synchronized boolean isAwaited(long now) {
        return running == null
                && (hasWaiter(now) || (quietUntil <= now && leases().anyMatch(lease -> !lease.resolvers.isEmpty())));
    }

    private boolean hasWaiter(long now) {
        return waiting.stream().anyMatch(waiter -> waiter.askAt <= now);
    }

    /// What there is to ask the store for; null: nothing now.
    synchronized Turns.@Nullable Kind wants(long now) {
        if (running != null) {
            return null;
        }
        if (hasWaiter(now)) {
            return Turns.Kind.ASKED_AGAIN;
        }
        if (quietUntil > now) {
            return null;
        }
        List<Lease> due = leases().filter(lease -> isDue(lease, now)).toList();
        if (due.isEmpty()) {
            return null;
        }
        return due.stream().anyMatch(lease -> lease.closing || lease.recalled || !lease.resolvers.isEmpty())
                ? Turns.Kind.ENDING
                : Turns.Kind.TELLING;
    }

    /// The order to run now; null: none is due, or one is on its way.
    synchronized @Nullable Order next(long now) {
        if (running != null) {
            return null;
        }
        Lease lease = due(now);
        return lease == null ? null : ordered(lease);
    }

    private @Nullable Lease due(long now) {
        for (Waiter waiter : waiting) {
            if (waiter.askAt <= now) {
                return waiter.raises == null ? lease(now) : waiter.raises.lease;
            }
        }
        if (quietUntil > now) {
            return null;
        }
        return leases().filter(lease -> isDue(lease, now)).findFirst().orElse(null);
    }

    private Lease lease(long now) {
        Lease lease = current;
        if (lease == null) {
            lease = new Lease(holder.get(), now, clock.instant());
            current = lease;
        }
        return lease;
    }

    private boolean isDue(Lease lease, long now) {
        return lease.recalled
                || (lease.dirty
                        && (lease.tight
                                || tail
                                || lease.closing
                                || !lease.resolvers.isEmpty()
                                || now - lease.told > TELL_WITHIN));
    }

    private Order ordered(Lease lease) {
        if (lease.closing || lease.recalled || tail) {
            lease.free = Amount.ZERO;
        }
        List<Waiter> asking = waiting.stream()
                .filter(waiter -> (waiter.raises == null ? current : waiter.raises.lease) == lease)
                .toList();
        Order order = new Order(
                owner,
                window,
                terms,
                lease.id,
                lease.holder,
                lease.settled,
                lease.held.plus(lease.free),
                lease.held,
                lease.free.isZero(),
                lease.closing && lease.held.isZero(),
                asking.stream().map(waiter -> waiter.ceiling).toList(),
                !lease.closing && !lease.recalled,
                elapsed(),
                lease.mayBeGone ? null : lease.begun);
        lease.dirty = false;
        running = new Running(order, lease, asking, List.copyOf(lease.resolvers), lease.returned);
        lease.returned = Amount.ZERO;
        lease.resolvers.clear();
        return order;
    }

    private @Nullable Double elapsed() {
        Instant end = terms.to();
        if (end == null) {
            return null;
        }
        double passed = Duration.between(terms.from(), clock.instant()).toMillis();
        return Math.clamp(passed / Duration.between(terms.from(), end).toMillis(), 0.0, 1.0);
    }

    /// What is to be done after the answer, outside of any lock.
    synchronized List<Runnable> answered(Answer answer, long now) {
        Running ran = ended();
        Lease lease = ran.lease;
        List<Runnable> next = new ArrayList<>(ran.resolvers);
        if (!answer.known()
                && (!ran.order.settled().isZero() || !ran.order.keep().isZero())) {
            lose(lease, next);
            return next;
        }
        lease.told = now;
        lease.recalled =
                lease.recalled && !(ran.order.tight() && ran.order.terms().equals(terms));
        boolean more = !answer.extra().isZero();
        lease.tight = ran.order.tight() && !more;
        if (!ran.asking.isEmpty()) {
            tail = !more;
        }
        lease.free = lease.free.plus(answer.extra());
        for (int i = 0; i < ran.asking.size(); i++) {
            decide(ran, ran.asking.get(i), answer, answer.fits().get(i), now, next);
        }
        if (ran.order.close() && lease.held.isZero() && lease.free.isZero() && !lease.dirty) {
            closing.remove(lease);
        }
        return next;
    }

    private void decide(Running ran, Waiter waiter, Answer answer, BudgetStore.Fit fit, long now, List<Runnable> next) {
        boolean waits = waiting.contains(waiter);
        switch (fit) {
            case GRANTED -> {
                ran.lease.free = ran.lease.free.plus(waiter.ceiling);
                LeasedHold held = waits ? granted(ran.lease, waiter) : null;
                if (held == null) {
                    ran.lease.dirty = true;
                } else {
                    settle(waiter, new Outcome.Held(held), next);
                }
            }
            case NEVER -> {
                if (mayFit(waiter.ceiling, answer)) {
                    notNow(waiter, ran, answer, now, next);
                    return;
                }
                Amount certain = answer.balance().held().minus(answer.loose());
                settle(
                        waiter,
                        new Outcome.OverLimit(new Balance(
                                answer.balance().limit(), answer.balance().settled(), certain)),
                        next);
            }
            case NOT_NOW -> notNow(waiter, ran, answer, now, next);
        }
    }

    // What calls of this process did not spend still counts as held until the store knows.
    private boolean mayFit(Amount need, Answer answer) {
        Balance said = answer.balance();
        Amount room = leases().map(lease -> lease.returned)
                .reduce(said.limit().minus(said.settled()).minus(said.held()), Amount::plus);
        return need.compareTo(room.plus(answer.loose()).plus(answer.doubtful())) <= 0;
    }

    private void notNow(Waiter waiter, Running ran, Answer answer, long now, List<Runnable> next) {
        waiter.askAt = now + (ran.order.tight() ? ASK_AGAIN : 0);
        waiter.refused = answer.balance();
        if (now - waiter.deadline >= 0) {
            settle(waiter, waiter.late(), next);
        }
    }

    private void settle(Waiter waiter, Outcome outcome, List<Runnable> next) {
        if (waiting.remove(waiter)) {
            next.add(() -> waiter.done.accept(outcome));
        }
    }

    // What is granted but not wanted any more is given back by the next order.
    private @Nullable LeasedHold granted(Lease lease, Waiter waiter) {
        LeasedHold raises = waiter.raises;
        if (raises == null) {
            lease.hold(waiter.ceiling);
            return new LeasedHold(this, lease, waiter.ceiling);
        }
        if (raises.resolved) {
            return null;
        }
        lease.hold(waiter.ceiling);
        raises.ceiling = raises.ceiling.plus(waiter.ceiling);
        return raises;
    }

    /// What is to be done after an order that may or may not have arrived, outside of any lock.
    synchronized List<Runnable> failed(Throwable why, long now) {
        Running ran = ended();
        ran.lease.dirty = true;
        ran.lease.returned = ran.lease.returned.plus(ran.returned);
        // It may have arrived.
        ran.lease.tight |= ran.order.tight();
        ran.lease.mayBeGone |= ran.order.close();
        ran.lease.resolvers.addAll(ran.resolvers);
        quietUntil = now + AFTER_FAILURE;
        List<Runnable> next = new ArrayList<>();
        ran.asking.forEach(waiter -> settle(waiter, new Outcome.Failed(why), next));
        return next;
    }

    private Running ended() {
        Running ran = running;
        if (ran == null) {
            throw new IllegalStateException("no order of " + window + " is on its way");
        }
        running = null;
        return ran;
    }

    // What it holds is settled by the ledger; nothing more can be held with it.
    private void lose(Lease lease, List<Runnable> next) {
        lease.lost = true;
        lease.free = Amount.ZERO;
        next.addAll(lease.resolvers);
        lease.resolvers.clear();
        closing.remove(lease);
        if (current == lease) {
            current = null;
        }
        Outcome gone = new Outcome.Failed(new IllegalStateException("lease " + lease.id + " was lost"));
        waiting.stream()
                .filter(waiter -> waiter.raises != null && waiter.raises.lease == lease)
                .toList()
                .forEach(waiter -> settle(waiter, gone, next));
    }
}
