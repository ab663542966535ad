package io.weir.orchestration.budget.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// This process as it takes leases: alive as long as the store heard of it within its time to live. Where the store
/// says that it was taken for dead, it goes on under another id, without the leases that it had.
///
/// On its own clock it stops a margin earlier than others may take it for dead by the store's clock: nothing is held
/// after somebody else may have begun to read the ledger in its place.
public final class Holder {

    /// After which others may take it for dead.
    public static final Duration TTL = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Holder.class);
    private static final Duration MARGIN = Duration.ofSeconds(2);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofMillis(20);

    private final HolderStore store;
    private final String instance;
    private final Counter lost;
    private final AtomicReference<State> state = new AtomicReference<>(new State(UUID.randomUUID(), Long.MIN_VALUE));
    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile boolean spilling;

    public Holder(HolderStore store, String instance, MeterRegistry registry) {
        this.store = store;
        this.instance = instance;
        this.lost = registry.counter("weir.budget.holder.lost");
    }

    private record State(UUID id, long until) {}

    /// Where holders are known.
    public interface HolderStore {

        /// Registers or renews. False: it was declared dead.
        Mono<Boolean> beat(UUID holder, String instance, Duration ttl, boolean spilling);

        /// From now on others may take it for dead.
        Mono<Void> retire(UUID holder);

        /// What it has leases of that others wait for.
        Mono<List<Recalled>> recalled(UUID holder);

        /// Those that a process of that name left with events in its file may be recovered: it has drained the file.
        Mono<Void> drained(String instance);
    }

    /// @param lease that others wait for
    public record Recalled(WindowId window, UUID lease) {}

    UUID id() {
        return current().id();
    }

    private State current() {
        return state.get();
    }

    boolean isValid(long now) {
        long until = current().until();
        return until != Long.MIN_VALUE && now - until < 0;
    }

    /// The store has not heard of it yet.
    boolean isNew() {
        return current().until() == Long.MIN_VALUE;
    }

    /// Whether the store has heard of it, within the time that it takes to answer.
    Mono<Boolean> known() {
        return Flux.interval(LOOK)
                .map(look -> isValid(System.nanoTime()))
                .filter(valid -> valid)
                .next()
                .timeout(ANSWER_WITHIN, Mono.just(false));
    }

    /// Tells the store, unless that is on its way. True where all leases were lost.
    Mono<Boolean> beat() {
        return beating.compareAndSet(false, true)
                ? Mono.defer(this::beatNow).doFinally(end -> beating.set(false))
                : Mono.just(false);
    }

    private Mono<Boolean> beatNow() {
        State before = current();
        long sent = System.nanoTime();
        return store.beat(before.id(), instance, TTL, spilling)
                .timeout(ANSWER_WITHIN)
                .map(alive -> {
                    if (alive) {
                        state.set(
                                new State(before.id(), sent + TTL.minus(MARGIN).toNanos()));
                        return false;
                    }
                    lost.increment();
                    LOG.error("This process was taken for dead: its leases on budgets are lost, it takes new ones");
                    state.set(new State(UUID.randomUUID(), Long.MIN_VALUE));
                    return true;
                });
    }

    /// From now on this process has events in a file that the broker has not. Completes when nobody reads the ledger
    /// in its place any more.
    public Mono<Void> beginSpill() {
        return Mono.defer(() -> {
            spilling = true;
            return store.beat(current().id(), instance, TTL, true)
                    .timeout(ANSWER_WITHIN)
                    .flatMap(alive -> alive
                            ? Mono.<Void>empty()
                            : Mono.error(new IllegalStateException("this process was taken for dead")));
        });
    }

    /// The file is empty, also of what a process before left.
    public Mono<Void> endSpill() {
        return Mono.defer(() -> {
            spilling = false;
            return store.drained(instance).timeout(ANSWER_WITHIN);
        });
    }

    Mono<List<Recalled>> recalled() {
        return store.recalled(current().id()).timeout(ANSWER_WITHIN);
    }

    Mono<Void> retire() {
        State before = state.getAndSet(new State(UUID.randomUUID(), Long.MIN_VALUE));
        return store.retire(before.id()).timeout(ANSWER_WITHIN);
    }
}
