package io.weir.orchestration.budget.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import io.weir.orchestration.budget.lease.BudgetStore.Order;
import io.weir.tenancy.TenantContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/// This process's leases on all windows: holds against them in memory, and keeps the store informed. Fails closed:
/// without the store nothing is held beyond what is leased, and nothing at all once the leases have run out. Safe for
/// use by many threads.
public final class Leases implements AutoCloseable {

    /// How long a call waits for what other processes may give back, before it is told to come again.
    public static final Duration RECALL_LIMIT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private static final long BEAT_EVERY = Duration.ofSeconds(1).toNanos();
    private static final long ROUND_MILLIS = 50;
    // Of each kind; those that a call waits for are not counted.
    private static final int ORDERS_AT_ONCE = 8;

    private final BudgetStore store;
    private final Holder holder;
    private final InstantSource clock;
    private final Map<WindowId, WindowAccount> accounts = new ConcurrentHashMap<>();
    private final Turns<WindowAccount> turns = new Turns<>(ORDERS_AT_ONCE);
    private final AtomicInteger givingTurns = new AtomicInteger();
    private final ScheduledExecutorService timer;
    private final Counter granted;
    private final Counter atOnce;
    private final Counter unanswered;
    private final Counter healed;
    private long lastBeat;
    private volatile boolean recalling;
    private volatile boolean closed;

    public Leases(BudgetStore store, Holder holder, InstantSource clock, MeterRegistry registry) {
        this.store = store;
        this.holder = holder;
        this.clock = clock;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("budget-leases").daemon().factory());
        this.atOnce = registry.counter("weir.budget.holds", "from", "lease");
        this.granted = registry.counter("weir.budget.holds", "from", "store");
        this.unanswered = registry.counter("weir.budget.orders.failed");
        this.healed = registry.counter("weir.budget.leases.healed");
        registry.gauge("weir.budget.windows", accounts, Map::size);
    }

    /// Takes leases from now on, once the store knows of this process. To be called once.
    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    public void begin() {
        lastBeat = System.nanoTime() - BEAT_EVERY;
        timer.scheduleWithFixedDelay(this::round, 0, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Holds that much of the window. Answers within 4 seconds; a hold that nobody waits for any more is given back.
    public Mono<Outcome> hold(TenantContext owner, WindowId window, Terms terms, Amount ceiling) {
        return Mono.defer(() -> {
            long now = System.nanoTime();
            if (!holder.isValid(now)) {
                return holder.isNew()
                        ? holder.known().flatMap(known -> known ? hold(owner, window, terms, ceiling) : unheard())
                        : unheard();
            }
            WindowAccount account = account(owner, window, terms, now);
            LeasedHold hold = account.take(ceiling, terms, now);
            if (hold != null) {
                atOnce.increment();
                return Mono.<Outcome>just(new Outcome.Held(hold));
            }
            granted.increment();
            return Mono.create(caller -> ask(account, ceiling, null, caller));
        });
    }

    private static Mono<Outcome> unheard() {
        return Mono.just(
                new Outcome.Failed(new IllegalStateException("the store has not heard of this process for too long")));
    }

    private WindowAccount account(TenantContext owner, WindowId window, Terms terms, long now) {
        while (true) {
            WindowAccount account =
                    accounts.computeIfAbsent(window, id -> new WindowAccount(id, owner, terms, holder::id, clock, now));
            if (account.enter(now)) {
                return account;
            }
            accounts.remove(window, account);
        }
    }

    /// Raises a hold to that much where it is less, under the same lease. Answers as [#hold].
    public Mono<Outcome> raiseTo(LeasedHold hold, Amount ceiling) {
        return Mono.defer(() -> {
            Amount by = ceiling.minus(hold.account.ceiling(hold));
            if (by.isNegative() || by.isZero()) {
                return Mono.just(new Outcome.Held(hold));
            }
            if (!isGood(hold)) {
                return unheard();
            }
            return hold.account.raise(hold, by)
                    ? Mono.<Outcome>just(new Outcome.Held(hold))
                    : Mono.create(caller -> ask(hold.account, by, hold, caller));
        });
    }

    private void ask(WindowAccount account, Amount ceiling, @Nullable LeasedHold raises, MonoSink<Outcome> caller) {
        AtomicBoolean gone = new AtomicBoolean();
        Waiter waiter = new Waiter(
                ceiling,
                raises,
                outcome -> tell(caller, gone, raises, outcome),
                System.nanoTime() + RECALL_LIMIT.toNanos());
        caller.onCancel(() -> {
            gone.set(true);
            account.giveUp(waiter);
        });
        if (account.await(waiter)) {
            pump(account);
        } else {
            caller.success(new Outcome.Failed(new IllegalStateException("the lease of the hold was lost")));
        }
    }

    // A new hold that nobody waits for any more is given back; one that was raised is resolved with the call.
    private void tell(MonoSink<Outcome> caller, AtomicBoolean gone, @Nullable LeasedHold raises, Outcome outcome) {
        if (gone.get() && raises == null && outcome instanceof Outcome.Held held) {
            release(held.hold()).subscribe();
        } else {
            caller.success(outcome);
        }
    }

    /// Replaces the hold by what was spent of it, at most its ceiling. Completes when others can see that, where they
    /// need to; runs on when cancelled, until the store has it.
    public Mono<Void> settle(LeasedHold hold, Amount spent) {
        Mono<Void> done = Mono.<Void>create(caller -> {
                    if (hold.account.resolve(hold, spent, caller::success)) {
                        caller.success();
                    } else {
                        pump(hold.account);
                    }
                })
                .cache();
        done.subscribe();
        return done;
    }

    /// Gives the hold back. Completes as [#settle].
    public Mono<Void> release(LeasedHold hold) {
        return settle(hold, Amount.ZERO);
    }

    /// Whether what is held is held for certain: its lease cannot have been recovered by somebody else.
    public boolean isGood(LeasedHold hold) {
        return holder.isValid(System.nanoTime()) && !hold.account.isLost(hold);
    }

    /// What windows say now, with this process's own holds as of half a second ago; without those of which nothing was
    /// taken yet.
    public Mono<Map<WindowId, Balance>> balances(TenantContext owner, Collection<WindowId> windows) {
        return windows.isEmpty() ? Mono.just(Map.of()) : store.balances(owner, windows);
    }

    private void pump(WindowAccount account) {
        Order order = account.next(System.nanoTime());
        if (order != null) {
            run(account, order, () -> {});
        }
    }

    private void run(WindowAccount account, Order order, Runnable end) {
        Mono.defer(() -> store.sync(order))
                .timeout(ANSWER_WITHIN)
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("no answer")))
                .subscribe(
                        answer -> {
                            if (answer.healed()) {
                                healed.increment();
                                LOG.error("The store had lost what it had said of a lease of {}", account.window());
                            }
                            ended(account, run -> run.answered(answer, System.nanoTime()), end);
                        },
                        failure -> {
                            unanswered.increment();
                            LOG.warn("Budget window {} was not asked: {}", account.window(), failure.toString());
                            ended(account, run -> run.failed(failure, System.nanoTime()), end);
                        });
    }

    private void ended(WindowAccount account, Function<WindowAccount, List<Runnable>> apply, Runnable end) {
        List<Runnable> next;
        try {
            next = apply.apply(account);
        } finally {
            end.run();
        }
        if (account.isAwaited(System.nanoTime())) {
            pump(account);
        }
        enter(account);
        giveTurns();
        next.forEach(Runnable::run);
    }

    private void enter(WindowAccount account) {
        Turns.Kind wanted = account.wants(System.nanoTime());
        if (wanted != null) {
            turns.enter(wanted, account);
        }
    }

    // One thread at a time; it goes on for those that come meanwhile.
    private void giveTurns() {
        if (givingTurns.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Turns.Kind kind : Turns.Kind.values()) {
                giveTurns(kind);
            }
            seen = givingTurns.addAndGet(-seen);
        } while (seen != 0);
    }

    private void giveTurns(Turns.Kind kind) {
        for (WindowAccount account = turns.next(kind); account != null; account = turns.next(kind)) {
            Order order = account.next(System.nanoTime());
            if (order == null) {
                turns.end(kind);
            } else {
                run(account, order, () -> turns.end(kind));
            }
        }
    }

    private void round() {
        try {
            long now = System.nanoTime();
            if (now - lastBeat >= BEAT_EVERY && !closed) {
                lastBeat = now;
                beat();
            }
            boolean loose = false;
            for (WindowAccount account : accounts.values()) {
                account.tidy(now).forEach(Runnable::run);
                enter(account);
                loose |= account.isLoose();
            }
            giveTurns();
            accounts.values().removeIf(account -> account.retire(now));
            if (loose && !recalling) {
                recalling = true;
                holder.recalled()
                        .doFinally(end -> recalling = false)
                        .subscribe(this::recall, failure -> LOG.debug("No word of recalled leases", failure));
            }
        } catch (RuntimeException defect) {
            LOG.error("A round over the budget leases failed", defect);
        }
    }

    private void recall(List<Holder.Recalled> recalled) {
        for (Holder.Recalled one : recalled) {
            WindowAccount account = accounts.get(one.window());
            if (account != null) {
                account.recall(one.lease());
                enter(account);
            }
        }
        giveTurns();
    }

    private void beat() {
        holder.beat()
                .subscribe(
                        lost -> {
                            if (lost) {
                                accounts.values()
                                        .forEach(account -> account.loseAll().forEach(Runnable::run));
                                beat();
                            }
                        },
                        failure ->
                                LOG.warn("The budgets' store does not hear of this process: {}", failure.toString()));
    }

    /// Gives back what calls do not hold, within three seconds; what they hold is recovered by others.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        accounts.values().forEach(WindowAccount::closeAll);
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        while (!accounts.values().stream().allMatch(WindowAccount::isTold) && System.nanoTime() - deadline < 0) {
            accounts.values().forEach(this::pump);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        timer.shutdownNow();
        try {
            holder.retire().block(CLOSE_LIMIT);
        } catch (RuntimeException away) {
            LOG.warn("The budgets' store is not told of the end of this process: {}", away.toString());
        }
    }
}
