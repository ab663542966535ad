package io.weir.orchestration.budget.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.Holder.Mark;
import io.weir.orchestration.budget.lease.Holder.Recalled;
import io.weir.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class HolderTests {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MutableClock clock = MutableClock.at("2026-11-23T10:00:00Z");
    private final Marks store = new Marks();
    private final Holder holder = new Holder(store, "p", clock, new SimpleMeterRegistry());

    private static final class Marks implements HolderStore {
        private final List<Mark> told = new ArrayList<>();

        @Override
        public Mono<Boolean> beat(UUID holder, String instance, Duration ttl, Mark mark) {
            told.add(mark);
            return Mono.just(true);
        }

        @Override
        public Mono<Void> retire(UUID holder) {
            return Mono.empty();
        }

        @Override
        public Mono<List<Recalled>> recalled(UUID holder) {
            return Mono.just(List.of());
        }

        @Override
        public Mono<Void> drained(String instance, UUID holder, Mark mark) {
            told.add(mark);
            return Mono.empty();
        }

        @Override
        public Mono<Boolean> delivered(String instance) {
            return Mono.just(!instance.equals("lives"));
        }

        @Override
        public Mono<Map<String, Instant>> spilling() {
            return Mono.just(Map.of());
        }
    }

    /// The clock that never jumps stands still in a suspended machine; the wall's does not.
    @Test
    void aMachineThatWasSuspendedHoldsNothingUntilTheStoreHeardOfIt() {
        holder.beat().block(PATIENCE);
        assertThat(holder.isValid(System.nanoTime())).isTrue();
        clock.advance(Holder.TTL);
        assertThat(holder.isValid(System.nanoTime())).isFalse();
        holder.beat().block(PATIENCE);
        assertThat(holder.isValid(System.nanoTime())).isTrue();
    }

    @Test
    void eachChangeOfTheMarkIsLaterThanTheOneBefore() {
        holder.beat().block(PATIENCE);
        holder.beginSpill().block(PATIENCE);
        holder.beat().block(PATIENCE);
        holder.endSpill().block(PATIENCE);
        holder.beat().block(PATIENCE);
        assertThat(store.told)
                .containsExactly(
                        new Mark(false, 0),
                        new Mark(true, 1),
                        new Mark(true, 1),
                        new Mark(false, 2),
                        new Mark(false, 2));
    }

    @Test
    void ofAProcessThatLivesNobodyElseSaysThatItsFileIsEmpty() {
        holder.drained("gone").block(PATIENCE);
        assertThatIllegalStateException()
                .isThrownBy(() -> holder.drained("lives").block(PATIENCE))
                .withMessageContaining("lives");
        assertThat(store.told).isEmpty();
    }
}
