package io.weir.orchestration.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.money.Amount;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class BudgetResolutionTests {

    private static final Hold HOLD = new Hold(
            new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local"),
            "r",
            "b",
            Instant.EPOCH,
            Amount.of("1"),
            1,
            Amount.of("0.5"));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /// A database that is away for the first calls.
    private static final class Faltering implements BudgetLedger {

        private final AtomicInteger calls = new AtomicInteger();
        private final int failures;

        Faltering(int failures) {
            this.failures = failures;
        }

        private <T> Mono<T> answer() {
            return Mono.defer(() ->
                    calls.incrementAndGet() <= failures ? Mono.error(new IllegalStateException("away")) : Mono.empty());
        }

        @Override
        public Mono<Debit> hold(Hold hold) {
            return answer();
        }

        @Override
        public Mono<Debit> extend(Hold hold) {
            return answer();
        }

        @Override
        public Mono<Amount> settle(TenantContext tenant, String requestId, Amount actual) {
            return answer();
        }

        @Override
        public Mono<Void> release(Hold hold) {
            return answer();
        }

        @Override
        public Mono<Balance> balance(Hold hold) {
            return answer();
        }
    }

    @Test
    void aSettlementIsTriedUntilItIsBooked() {
        Faltering database = new Faltering(3);
        BudgetResolution resolution = new BudgetResolution(database, meters);
        StepVerifier.create(resolution.settle(HOLD, Amount.of("0.1")))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(database.calls).hasValue(4);
        assertThat(resolution.open()).isZero();
        assertThat(meters.counter("weir.budget.resolutions.retried").count()).isEqualTo(3);
    }

    @Test
    void aResolutionGoesOnWhenNobodyWaits() {
        Faltering database = new Faltering(1);
        BudgetResolution resolution = new BudgetResolution(database, meters);
        resolution.release(HOLD).subscribe().dispose();
        io.weir.testing.Eventually.passes(() -> assertThat(database.calls).hasValue(2));
    }

    @Test
    void spendingBeyondTheCeilingAlarms() {
        BudgetResolution resolution = new BudgetResolution(new Faltering(0), meters);
        resolution.settle(HOLD, Amount.of("0.6")).block(Duration.ofSeconds(5));
        assertThat(meters.counter("weir.budget.ceiling.breach").count()).isEqualTo(1);
    }
}
