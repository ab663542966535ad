package io.weir.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

class SlotGatePropertyTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private MemoryLimitStore store = new MemoryLimitStore(0);

    private final class Gateway {

        private final Peers peers;
        private SlotGate gate;

        Gateway(Peers peers, SlotGate gate) {
            this.peers = peers;
            this.gate = gate;
        }

        Peers peers() {
            return peers;
        }

        // As those do who keep gates: one that is no longer in use is replaced.
        void renew() {
            if (!gate.renewed()) {
                gate = SlotGatePropertyTests.this.gate(store, peers);
            }
        }
    }

    @Property(tries = 300)
    void neverMoreRunThanTheLimitAndAllOfItCanBeUsedAgain(
            @ForAll("steps") List<Integer> steps,
            @ForAll @IntRange(min = 1, max = 4) int instances,
            @ForAll @IntRange(min = 1, max = 60) int limit) {
        store = new MemoryLimitStore(0);
        List<Gateway> gateways = gateways(instances);
        List<Slot> running = new ArrayList<>();
        for (int step : steps) {
            store.now += 5_000;
            Gateway gateway = gateways.get(Math.abs(step) % instances);
            if (step > 0) {
                enter(gateway, limit, running);
            } else if (step % 7 == 0) {
                gateways.forEach(Gateway::renew);
            } else if (!running.isEmpty()) {
                Slot ended = running.remove(Math.abs(step) % running.size());
                ended.release();
                ended.release();
            }
            assertThat(running).hasSizeLessThanOrEqualTo(limit);
        }

        running.forEach(Slot::release);
        running.clear();
        gateways.forEach(Gateway::renew);
        store.now += 1_000_000;
        for (int i = 0; i < limit + 3; i++) {
            enter(gateways.getFirst(), limit, running);
        }
        assertThat(running).as("by one instance alone").hasSize(limit);
    }

    @Example
    void mostCallsOfAWideLimitAskNobody() {
        Gateway gateway = gateways(1).getFirst();
        for (int i = 0; i < 1_000; i++) {
            List<Slot> one = new ArrayList<>();
            enter(gateway, 100, one);
            one.getFirst().release();
        }
        assertThat(store.asked).isLessThan(5);
    }

    @Example
    void whoLeavesWhileItWaitsHoldsNothing() {
        Sinks.One<Integer> answer = Sinks.one();
        Peers peers = reachable(new Peers(store, 1));
        LimitStore slow = new SlowSlots(store, answer);
        SlotGate gate = gate(slow, peers);
        Slot gone = new Slot();
        Mono<Boolean> entering = gate.enter(gone, 1);
        assertThat(entering).isNotNull();
        List<Boolean> free = new ArrayList<>();
        entering.subscribe(free::add).dispose();
        gone.release();

        answer.tryEmitValue(1).orThrow();
        assertThat(free).isEmpty();
        List<Slot> next = new ArrayList<>();
        enter(new Gateway(peers, gate), 1, next);
        assertThat(next).hasSize(1);
    }

    @Example
    void nothingBeginsOnASlotThatIsBeingGivenBack() {
        Peers peers = reachable(new Peers(store, 1));
        LateSlots late = new LateSlots(store);
        Gateway gateway = new Gateway(peers, gate(late, peers));
        List<Slot> running = new ArrayList<>();
        enter(gateway, 1, running);
        Sinks.One<Boolean> told = Sinks.one();
        late.until = told.asMono();
        running.getFirst().release();

        Slot next = new Slot();
        List<Boolean> free = new ArrayList<>();
        Mono<Boolean> entering = gateway.gate.enter(next, 1);
        assertThat(entering).isNotNull();
        entering.subscribe(free::add);
        assertThat(free).isEmpty();

        late.until = Mono.empty();
        told.tryEmitValue(true).orThrow();
        assertThat(free).containsExactly(true);
    }

    @Example
    void withoutTheOthersEachLetsItsShareRun() {
        List<Gateway> gateways = gateways(3);
        store.away = true;
        gateways.forEach(one -> one.peers().count().block(LIMIT));
        List<Slot> running = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            enter(gateways.get(i % 3), 10, running);
        }
        assertThat(running).hasSize(9);

        store.away = false;
        gateways.forEach(one -> one.peers().count().block(LIMIT));
        gateways.forEach(Gateway::renew);
        for (int i = 0; i < 100; i++) {
            enter(gateways.get(i % 3), 10, running);
        }
        assertThat(running).hasSize(10);
    }

    @Example
    void whatOneKeepsFreeAnotherHasWithinASecond() {
        List<Gateway> gateways = gateways(2);
        List<Slot> few = new ArrayList<>();
        enter(gateways.getFirst(), 100, few);
        List<Slot> many = new ArrayList<>();
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 100; i++) {
                enter(gateways.getLast(), 100, many);
            }
            store.now += 1_000_000;
            gateways.forEach(Gateway::renew);
        }
        assertThat(many).as("all but the one that the other uses").hasSize(99);
    }

    private static void enter(Gateway gateway, int limit, List<Slot> running) {
        Slot slot = new Slot();
        Mono<Boolean> entering = gateway.gate.enter(slot, limit);
        if (entering != null && Boolean.TRUE.equals(entering.block(LIMIT))) {
            running.add(slot);
        } else {
            slot.release();
        }
    }

    private List<Gateway> gateways(int count) {
        List<Peers> peers =
                IntStream.range(0, count).mapToObj(one -> new Peers(store, 1)).toList();
        peers.forEach(SlotGatePropertyTests::reachable);
        peers.forEach(SlotGatePropertyTests::reachable);
        return peers.stream().map(one -> new Gateway(one, gate(store, one))).toList();
    }

    private static Peers reachable(Peers peers) {
        peers.count().block(LIMIT);
        return peers;
    }

    private SlotGate gate(LimitStore of, Peers peers) {
        return new SlotGate(
                "{t}:running",
                of,
                peers,
                LimitCounters.in(new SimpleMeterRegistry()),
                () -> store.now,
                Schedulers.immediate());
    }

    /// Does what it is asked at once, and answers later.
    private static final class LateSlots implements LimitStore {

        private final LimitStore store;
        private Mono<Boolean> until = Mono.empty();

        LateSlots(LimitStore store) {
            this.store = store;
        }

        @Override
        public Mono<Grant> take(String key, Claim claim) {
            return store.take(key, claim);
        }

        @Override
        public Mono<Grant> count(String key, Count count) {
            return store.count(key, count);
        }

        @Override
        public Mono<Held> hold(String key, String instance, int limit, int wanted) {
            Mono<Boolean> later = until;
            return store.hold(key, instance, limit, wanted).delayUntil(held -> later);
        }

        @Override
        public Mono<Integer> present(String instance) {
            return store.present(instance);
        }

        @Override
        public Mono<Void> leave(String instance) {
            return store.leave(instance);
        }
    }

    /// Answers the first question late.
    private record SlowSlots(LimitStore store, Sinks.One<Integer> answer) implements LimitStore {

        @Override
        public Mono<Grant> take(String key, Claim claim) {
            return store.take(key, claim);
        }

        @Override
        public Mono<Grant> count(String key, Count count) {
            return store.count(key, count);
        }

        @Override
        public Mono<Held> hold(String key, String instance, int limit, int wanted) {
            return answer.asMono().then(store.hold(key, instance, limit, wanted));
        }

        @Override
        public Mono<Integer> present(String instance) {
            return store.present(instance);
        }

        @Override
        public Mono<Void> leave(String instance) {
            return store.leave(instance);
        }
    }

    // Positive: a call at that instance. Negative: one ends; of seven, all tell what they need.
    @Provide
    Arbitrary<List<Integer>> steps() {
        return Arbitraries.integers().between(-40, 60).list().ofMinSize(1).ofMaxSize(200);
    }
}
