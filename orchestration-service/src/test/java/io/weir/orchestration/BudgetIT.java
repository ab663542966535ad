package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.orchestration.budget.BudgetLedger;
import io.weir.orchestration.budget.BudgetLedger.Balance;
import io.weir.orchestration.budget.BudgetLedger.Debit;
import io.weir.orchestration.budget.BudgetWindow;
import io.weir.orchestration.budget.Hold;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Mesh mesh = Mesh.start();
    private final BudgetLedger budgets = mesh.bean(BudgetLedger.class);

    @AfterAll
    void stop() {
        mesh.close();
    }

    private Hold hold(TenantSnapshot tenant, String limit, String ceiling) {
        return new Hold(
                tenant.context(),
                UUID.randomUUID().toString(),
                "tenant:" + tenant.tenantId(),
                Instant.parse("2026-11-01T00:00:00Z"),
                Amount.of(limit),
                1,
                Amount.of(ceiling));
    }

    private Balance balance(Hold hold) {
        return Objects.requireNonNull(budgets.balance(hold)
                .defaultIfEmpty(new Balance(hold.limit(), Amount.ZERO, Amount.ZERO))
                .block(PATIENCE));
    }

    private Debit debit(Hold hold) {
        return Objects.requireNonNull(budgets.hold(hold).block(PATIENCE));
    }

    @Test
    void sixtyFourHoldsAtOnceNeverOverrunTheLimit() {
        TenantSnapshot tenant = mesh.tenant();
        Hold one = hold(tenant, "1", "0.03");
        List<Debit> debits = Objects.requireNonNull(Flux.range(0, 64)
                .flatMap(i -> budgets.hold(hold(tenant, "1", "0.03")), 64)
                .collectList()
                .block(PATIENCE));
        assertThat(debits.stream().filter(Debit.Held.class::isInstance)).hasSize(33);
        assertThat(balance(one).held()).isEqualTo(Amount.of("0.99"));
        assertThat(debit(hold(tenant, "1", "0.01"))).isInstanceOf(Debit.Held.class);
        assertThat(debit(hold(tenant, "1", "0.000000000001"))).isInstanceOf(Debit.OverLimit.class);
    }

    @Test
    void theFirstHoldOfAWindowMayNotOverrunEither() {
        Hold tooMuch = hold(mesh.tenant(), "1", "1.01");
        assertThat(debit(tooMuch)).isInstanceOf(Debit.OverLimit.class);
        assertThat(debit(hold(mesh.tenant(), "1", "1"))).isInstanceOf(Debit.Held.class);
    }

    @Test
    void eachHoldResolvesOnceWhateverIsRepeated() {
        Hold hold = hold(mesh.tenant(), "1", "0.5");
        assertThat(debit(hold)).isInstanceOf(Debit.Held.class);
        assertThat(debit(hold)).isInstanceOf(Debit.Repeated.class);
        assertThat(balance(hold).held()).isEqualTo(Amount.of("0.5"));
        for (int i = 0; i < 3; i++) {
            budgets.settle(hold.tenant(), hold.requestId(), Amount.of("0.2")).block(PATIENCE);
            budgets.release(hold).block(PATIENCE);
        }
        assertThat(balance(hold)).isEqualTo(new Balance(Amount.of("1"), Amount.of("0.2"), Amount.ZERO));
    }

    @Test
    void aReleaseThatOvertakesItsHoldLeavesNothingOpen() {
        Hold hold = hold(mesh.tenant(), "1", "0.5");
        budgets.release(hold).block(PATIENCE);
        assertThat(debit(hold)).isInstanceOf(Debit.Repeated.class);
        assertThat(balance(hold).held()).isEqualTo(Amount.ZERO);
    }

    @Test
    void whatExceedsTheCeilingIsNotBookedToTheTenant() {
        Hold hold = hold(mesh.tenant(), "1", "0.5");
        debit(hold);
        assertThat(budgets.settle(hold.tenant(), hold.requestId(), Amount.of("0.7"))
                        .block(PATIENCE))
                .isEqualTo(Amount.of("0.5"));
    }

    @Test
    void anOlderLimitDoesNotReplaceANewerOne() {
        TenantSnapshot tenant = mesh.tenant();
        Hold newer = new Hold(tenant.context(), "a", "b", Instant.EPOCH, Amount.of("1"), 2, Amount.of("0.1"));
        Hold older = new Hold(tenant.context(), "c", "b", Instant.EPOCH, Amount.of("100"), 1, Amount.of("5"));
        assertThat(debit(newer)).isInstanceOf(Debit.Held.class);
        assertThat(debit(older)).isInstanceOf(Debit.OverLimit.class);
    }

    // Any interleaving of many actors, against a model that keeps its own sums.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anyInterleavingKeepsTheSums(long seed) {
        TenantSnapshot tenant = mesh.tenant();
        Hold any = hold(tenant, "1", "0");
        Random random = new Random(seed);
        Map<String, Amount> settledOnce = new HashMap<>();
        List<Mono<?>> actors = new ArrayList<>();
        for (int actor = 0; actor < 24; actor++) {
            Hold hold = hold(tenant, "1", "0.0" + (1 + random.nextInt(9)));
            Amount actual = Amount.of("0.00" + random.nextInt(10));
            boolean settles = random.nextInt(3) > 0;
            Mono<?> resolution = Mono.defer(() -> settles
                    ? budgets.settle(tenant.context(), hold.requestId(), actual)
                            .doOnNext(booked -> {
                                synchronized (settledOnce) {
                                    assertThat(settledOnce.put(hold.requestId(), booked))
                                            .isNull();
                                }
                            })
                            .then()
                    : budgets.release(hold));
            actors.add(budgets.hold(hold)
                    .delayElement(Duration.ofMillis(random.nextInt(20)))
                    .flatMap(debit -> debit instanceof Debit.Held
                            ? Mono.when(resolution, budgets.balance(hold).doOnNext(BudgetIT::withinLimit))
                                    .then(resolution)
                            : Mono.empty()));
        }
        Flux.merge(actors).blockLast(PATIENCE);
        Balance end = balance(any);
        assertThat(end.held()).isEqualTo(Amount.ZERO);
        assertThat(end.settled()).isEqualTo(settledOnce.values().stream().reduce(Amount.ZERO, Amount::plus));
    }

    private static void withinLimit(Balance balance) {
        assertThat(balance.settled().plus(balance.held())).isLessThanOrEqualTo(balance.limit());
    }

    @Test
    void callsAreHeldAndSettledAgainstTheBudget() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("5"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "5");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        Instant month =
                BudgetWindow.around(Instant.now(), Window.MONTH, ZoneOffset.UTC).key();
        Hold window = new Hold(
                tenant.context(),
                "-",
                BudgetSnapshot.tenantBudgetId(tenant.tenantId()),
                month,
                Amount.of("5"),
                0,
                Amount.ZERO);
        Eventually.passes(
                () -> assertThat(balance(window)).isEqualTo(new Balance(Amount.of("5"), settled.cost(), Amount.ZERO)));
    }

    @Test
    void overTheCapACallIsRefusedForGoodAndToldWhatIsLeft() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.0001"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "0.0001");
        Answer answer = mesh.client(tenant)
                .chat(Client.hello(Mesh.MODEL).replace("{\"model\"", "{\"max_tokens\":4000,\"model\""));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.error().path("code").asString()).isEqualTo("budget_exceeded");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
        assertThat(answer.header("retry-after")).isEmpty();
        assertThat(answer.error().path("message").asString()).contains("$0.0001", "starts anew at");
        assertThat(mesh.ledger().of(tenant.tenantId())).isEmpty();
    }

    @Test
    void aTenantThatMovesItsCalendarKeepsWhatItSpent() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.0001"), TenantSettings.DEFAULTS);
        String here = "UTC";
        // Around a month's ends some zones are in another one, which is another window by right.
        List<String> zones = ZoneId.getAvailableZoneIds().stream()
                .filter(zone -> YearMonth.now(ZoneId.of(zone)).equals(YearMonth.now(ZoneOffset.UTC)))
                .filter(zone ->
                        !ZoneId.of(zone).getRules().getOffset(Instant.now()).equals(ZoneOffset.UTC))
                .sorted()
                .toList();
        mesh.budget(tenant, "0.0001", here);
        Hold spent = new Hold(
                tenant.context(),
                UUID.randomUUID().toString(),
                BudgetSnapshot.tenantBudgetId(tenant.tenantId()),
                BudgetWindow.around(Instant.now(), Window.MONTH, ZoneOffset.UTC).key(),
                Amount.of("0.0001"),
                1,
                Amount.of("0.0001"));
        assertThat(debit(spent)).isInstanceOf(Debit.Held.class);
        for (String zone : List.of(here, zones.getFirst(), zones.getLast())) {
            mesh.budget(tenant, "0.0001", zone);
            Answer answer = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));
            assertThat(answer.status()).as(zone).isEqualTo(429);
            assertThat(answer.error().path("code").asString()).as(zone).isEqualTo("budget_exceeded");
        }
    }

    @Test
    void aCallThatStatesNoLimitGetsTheOneThatTheBudgetAllows() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.0001"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "0.0001");
        mesh.provider().behave("{\"outputTokens\": 5000}");
        Answer answer = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));
        mesh.provider().behaveWell();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().path("usage").path("completion_tokens").asInt())
                .isBetween(16, 170);
        assertThat(mesh.ledger().settled(tenant.tenantId()).cost()).isLessThanOrEqualTo(Amount.of("0.0001"));
    }

    @Test
    void aRaisedLimitTakesEffectOnTheNextCall() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.000001"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "0.000001");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(429);
        mesh.budget(tenant, "1");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
        mesh.budget(tenant, "0.000001");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(429);
    }
}
