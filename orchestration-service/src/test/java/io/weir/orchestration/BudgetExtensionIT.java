package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.orchestration.budget.BudgetLedger;
import io.weir.orchestration.budget.BudgetLedger.Balance;
import io.weir.orchestration.budget.BudgetLedger.Debit;
import io.weir.orchestration.budget.Hold;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetExtensionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant MONTH = Instant.parse("2026-11-01T00:00:00Z");

    private final Mesh mesh = Mesh.start();
    private final BudgetLedger budgets = mesh.bean(BudgetLedger.class);

    @AfterAll
    void stop() {
        mesh.close();
    }

    private static Hold hold(TenantSnapshot tenant, String request, String ceiling) {
        return new Hold(
                tenant.context(), request, "tenant:" + tenant.tenantId(), MONTH, Amount.of("1"), 1, Amount.of(ceiling));
    }

    private Balance balance(TenantSnapshot tenant) {
        return budgets.balance(hold(tenant, "-", "0")).blockOptional(PATIENCE).orElseThrow();
    }

    private Debit extend(Hold hold) {
        return budgets.extend(hold).blockOptional(PATIENCE).orElseThrow();
    }

    @Test
    void anExtensionHoldsTheDifferenceAndIsSettledOrReleasedWithTheRest() {
        TenantSnapshot tenant = mesh.tenant();
        budgets.hold(hold(tenant, "a", "0.2")).block(PATIENCE);
        assertThat(extend(hold(tenant, "a", "0.5"))).isInstanceOf(Debit.Held.class);
        assertThat(balance(tenant).held()).isEqualTo(Amount.of("0.5"));
        assertThat(extend(hold(tenant, "a", "0.3"))).isInstanceOf(Debit.Held.class);
        assertThat(balance(tenant).held()).isEqualTo(Amount.of("0.5"));
        budgets.settle(tenant.context(), "a", Amount.of("0.4")).block(PATIENCE);
        assertThat(balance(tenant)).isEqualTo(new Balance(Amount.of("1"), Amount.of("0.4"), Amount.ZERO));

        Hold other = hold(tenant, "b", "0.1");
        budgets.hold(other).block(PATIENCE);
        assertThat(extend(hold(tenant, "b", "0.6"))).isInstanceOf(Debit.Held.class);
        budgets.release(other).block(PATIENCE);
        budgets.release(other).block(PATIENCE);
        assertThat(balance(tenant)).isEqualTo(new Balance(Amount.of("1"), Amount.of("0.4"), Amount.ZERO));
    }

    @Test
    void whatDoesNotFitChangesNothing() {
        TenantSnapshot tenant = mesh.tenant();
        budgets.hold(hold(tenant, "a", "0.2")).block(PATIENCE);
        budgets.hold(hold(tenant, "b", "0.5")).block(PATIENCE);
        assertThat(extend(hold(tenant, "a", "0.51"))).isInstanceOf(Debit.OverLimit.class);
        assertThat(balance(tenant).held()).isEqualTo(Amount.of("0.7"));
        assertThat(extend(hold(tenant, "a", "0.5"))).isInstanceOf(Debit.Held.class);
        assertThat(balance(tenant).held()).isEqualTo(Amount.of("1"));
    }

    @Test
    void onlyAnOpenHoldIsExtended() {
        TenantSnapshot tenant = mesh.tenant();
        assertThat(extend(hold(tenant, "none", "0.1"))).isInstanceOf(Debit.Repeated.class);
        budgets.hold(hold(tenant, "a", "0.2")).block(PATIENCE);
        budgets.settle(tenant.context(), "a", Amount.of("0.1")).block(PATIENCE);
        assertThat(extend(hold(tenant, "a", "0.3"))).isInstanceOf(Debit.Repeated.class);
        assertThat(balance(tenant)).isEqualTo(new Balance(Amount.of("1"), Amount.of("0.1"), Amount.ZERO));
    }

    @Test
    void anotherTenantsHoldIsNotExtended() {
        TenantSnapshot tenant = mesh.tenant();
        TenantSnapshot stranger = mesh.tenant();
        budgets.hold(hold(tenant, "a", "0.2")).block(PATIENCE);
        Hold forged = new Hold(
                stranger.context(), "a", "tenant:" + tenant.tenantId(), MONTH, Amount.of("1"), 1, Amount.of("0.9"));
        assertThat(extend(forged)).isInstanceOf(Debit.Repeated.class);
        assertThat(balance(tenant).held()).isEqualTo(Amount.of("0.2"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void manyExtensionsAtOnceNeverOverrunTheLimit(long seed) {
        TenantSnapshot tenant = mesh.tenant();
        Random random = new Random(seed);
        List<Mono<?>> actors = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Hold first = hold(tenant, seed + "-" + i, "0.0" + (1 + random.nextInt(4)));
            Hold more = hold(tenant, first.requestId(), "0." + (10 + random.nextInt(30)));
            boolean settles = random.nextBoolean();
            Mono<?> resolved = Mono.defer(() -> settles
                    ? budgets.settle(tenant.context(), first.requestId(), first.ceiling())
                    : budgets.release(first));
            actors.add(budgets.hold(first)
                    .then(Mono.defer(() -> budgets.extend(more)))
                    .then(Mono.defer(() -> budgets.balance(first)))
                    .doOnNext(BudgetExtensionIT::withinLimit)
                    .then(resolved));
        }
        Flux.merge(actors).blockLast(PATIENCE);
        assertThat(balance(tenant).held()).isEqualTo(Amount.ZERO);
        withinLimit(balance(tenant));
    }

    private static void withinLimit(Balance balance) {
        assertThat(balance.settled().plus(balance.held())).isLessThanOrEqualTo(balance.limit());
    }
}
