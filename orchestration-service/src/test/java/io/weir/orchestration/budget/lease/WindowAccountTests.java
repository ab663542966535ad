package io.weir.orchestration.budget.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Order;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WindowAccountTests {

    private static final TenantId TENANT = new TenantId(UUID.randomUUID());
    private static final TenantContext OWNER = new TenantContext(TENANT, "growth", Placement.POOL, "local");
    private static final Terms TERMS = new Terms(Amount.of("1"), 1, Instant.EPOCH, null);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final UUID holder = UUID.randomUUID();
    private final ModelStore store = new ModelStore(Amount.of("1"), new HashSet<>());
    private final WindowAccount account = new WindowAccount(
            new WindowId(TENANT, "b", Instant.EPOCH), OWNER, TERMS, () -> holder, () -> Instant.EPOCH, 1);
    private final List<Outcome> outcomes = new ArrayList<>();
    private long now = 1;

    private Waiter ask(String ceiling) {
        Waiter waiter = new Waiter(Amount.of(ceiling), null, outcomes::add, now + SECOND);
        account.await(waiter);
        return waiter;
    }

    private Order order() {
        Order order = account.next(now);
        assertThat(order).isNotNull();
        return order;
    }

    private void run(Order order) {
        account.answered(store.sync(order), now).forEach(Runnable::run);
    }

    private LeasedHold held(String ceiling) {
        ask(ceiling);
        run(order());
        Outcome.Held held = (Outcome.Held) outcomes.removeLast();
        return held.hold();
    }

    @Test
    void whatOnesOwnLeaseHasSettledIsNotCountedAsHeldForGood() {
        LeasedHold most = held("0.9");
        now += 61 * SECOND;
        account.tidy(now);
        account.resolve(most, Amount.of("0.1"), () -> {});
        ask("0.9");
        run(order());
        assertThat(outcomes).as("the store does not know yet what came back").isEmpty();
        run(order());
        now += SECOND / 10;
        run(order());
        assertThat(outcomes).singleElement().isInstanceOf(Outcome.Held.class);
    }

    @Test
    void whoWaitsForTooLongIsTold() {
        store.sync(new Order(
                OWNER,
                account.window(),
                TERMS,
                UUID.randomUUID(),
                UUID.randomUUID(),
                Amount.ZERO,
                Amount.ZERO,
                Amount.ZERO,
                false,
                false,
                List.of(Amount.of("0.9")),
                false,
                null,
                null));
        store.rows.values().forEach(row -> row.tight = false);
        ask("0.5");
        run(order());
        assertThat(outcomes).isEmpty();
        now += SECOND - 1;
        account.tidy(now).forEach(Runnable::run);
        assertThat(outcomes).isEmpty();
        now += 2;
        account.tidy(now).forEach(Runnable::run);
        assertThat(outcomes).singleElement().isInstanceOf(Outcome.Recovering.class);
    }

    @Test
    void whoCouldNotBeAskedForIsToldThat() {
        held("0.1");
        ask("0.5");
        Order slow = order();
        ask("0.6");
        now += 2 * SECOND;
        account.tidy(now).forEach(Runnable::run);
        assertThat(outcomes).singleElement().isInstanceOf(Outcome.Failed.class);
        run(slow);
        assertThat(outcomes).hasSize(2).last().isInstanceOf(Outcome.Held.class);
    }

    @Test
    void anEndThatWasNotAnsweredMayHaveHappened() {
        LeasedHold hold = held("0.1");
        account.resolve(hold, Amount.of("0.05"), () -> {});
        now += 61 * SECOND;
        account.tidy(now);
        Order end = order();
        assertThat(end.close()).isTrue();
        assertThat(end.since()).isNotNull();
        store.sync(end);
        account.failed(new IllegalStateException("lost"), now);
        now += SECOND;
        Order again = order();
        assertThat(again.since()).isNull();
        run(again);
        assertThat(store.settled).isEqualTo(Amount.of("0.05"));
        assertThat(account.isTold()).isTrue();
    }
}
