package io.weir.orchestration.budget.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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
    private final InstantSource clock;
    private final String instance;
    private final Counter lost;
    private final AtomicReference<State> state = new AtomicReference<>(State.unheard());
    private final AtomicBoolean beating = new AtomicBoolean();
    private final AtomicReference<Mark> mark = new AtomicReference<>(new Mark(false, 0));

    /// @param instance under which name its ledger events are known, and the file that they may be in
    public Holder(HolderStore store, String instance, InstantSource clock, MeterRegistry registry) {
        this.store = store;
        this.instance = instance;
        this.clock = clock;
        this.lost = registry.counter("weir.budget.holder.lost");
    }

    /// @param until on the clock that never jumps; it may stand still while a machine is suspended
    /// @param latest on the clock of the wall, which does not stand still
    private record State(UUID id, long until, Instant latest) {

        static State unheard() {
            return new State(UUID.randomUUID(), Long.MIN_VALUE, Instant.MIN);
        }
    }

    /// Whether a process has ledger events in a file that the broker has not.
    ///
    /// @param count rises with each change; a store keeps the highest, in whichever order they arrive
    public record Mark(boolean spilling, long count) {

        Mark next(boolean now) {
            return new Mark(now, count + 1);
        }
    }

    /// Where holders are known.
    public interface HolderStore {

        /// Registers or renews. False: it was declared dead.
        Mono<Boolean> beat(UUID holder, String instance, Duration ttl, Mark mark);

        /// From now on others may take it for dead.
        Mono<Void> retire(UUID holder);

        /// What it has leases of that others wait for.
        Mono<List<Recalled>> recalled(UUID holder);

        /// What those before the holder, under its name, left in a file is in the ledger: they may be recovered. The
        /// holder itself as well, unless a later mark of its own is known.
        Mono<Void> drained(String instance, UUID holder, Mark mark);

        /// What processes of that name that are gone left in a file is in the ledger: they may be recovered. False: one
        /// has events in a file that lives, or did until just now.
        Mono<Boolean> delivered(String instance);

        /// Names of processes that have events in a file, and since when, by the store's clock.
        Mono<Map<String, Instant>> spilling();
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
        State state = current();
        return state.until() != Long.MIN_VALUE
                && now - state.until() < 0
                && clock.instant().isBefore(state.latest());
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
        Instant at = clock.instant();
        Duration good = TTL.minus(MARGIN);
        return store.beat(before.id(), instance, TTL, mark())
                .timeout(ANSWER_WITHIN)
                .map(alive -> {
                    if (alive) {
                        State heard = new State(before.id(), sent + good.toNanos(), at.plus(good));
                        state.updateAndGet(now -> now.id().equals(before.id()) ? heard : now);
                        return false;
                    }
                    lost.increment();
                    LOG.error("This process was taken for dead: its leases on budgets are lost, it takes new ones");
                    state.set(State.unheard());
                    return true;
                });
    }

    /// From now on this process has events in a file that the broker has not. Completes when nobody reads the ledger
    /// in its place any more.
    public Mono<Void> beginSpill() {
        return Mono.defer(() -> {
            Mark now = mark.updateAndGet(before -> before.next(true));
            return store.beat(current().id(), instance, TTL, now)
                    .timeout(ANSWER_WITHIN)
                    .flatMap(alive -> alive
                            ? Mono.<Void>empty()
                            : Mono.error(new IllegalStateException("this process was taken for dead")));
        });
    }

    /// The file is empty, also of what a process before left.
    public Mono<Void> endSpill() {
        return Mono.defer(() -> {
            Mark now = mark.updateAndGet(before -> before.next(false));
            return store.drained(instance, current().id(), now).timeout(ANSWER_WITHIN);
        });
    }

    /// A file that another process left is empty. Fails where one of its name lives and has events in a file.
    public Mono<Void> drained(String other) {
        return store.delivered(other)
                .timeout(ANSWER_WITHIN)
                .flatMap(allGone -> allGone
                        ? Mono.empty()
                        : Mono.error(new IllegalStateException("a process of that name lives, with a file")));
    }

    /// Names of processes that have events in a file, and since when, by the store's clock.
    public Mono<Map<String, Instant>> spilling() {
        return store.spilling().timeout(ANSWER_WITHIN);
    }

    private Mark mark() {
        return mark.get();
    }

    Mono<List<Recalled>> recalled() {
        return store.recalled(current().id()).timeout(ANSWER_WITHIN);
    }

    Mono<Void> retire() {
        State before = state.getAndSet(State.unheard());
        return store.retire(before.id()).timeout(ANSWER_WITHIN);
    }
}
