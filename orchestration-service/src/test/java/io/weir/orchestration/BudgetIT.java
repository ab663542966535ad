package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.orchestration.budget.BudgetWindow;
import io.weir.orchestration.budget.lease.BudgetStore;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.Holder.Mark;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.Outcome;
import io.weir.orchestration.budget.lease.R2dbcHolders;
import io.weir.orchestration.budget.lease.Terms;
import io.weir.orchestration.budget.lease.WindowId;
import io.weir.orchestration.budget.recovery.LeaseRecovery;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Scope;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Mesh mesh = Mesh.start();

    @AfterAll
    void stop() {
        mesh.close();
    }

    private static WindowId window(TenantSnapshot tenant, String budget, Window window) {
        Instant key = BudgetWindow.around(Instant.now(), window, ZoneOffset.UTC).key();
        return new WindowId(tenant.tenantId(), budget, key);
    }

    private static WindowId month(TenantSnapshot tenant) {
        return window(tenant, BudgetSnapshot.tenantBudgetId(tenant.tenantId()), Window.MONTH);
    }

    private Balance balance(TenantSnapshot tenant, WindowId window) {
        return mesh.bean(BudgetStore.class)
                .balance(tenant.context(), window)
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private static String limited(int tokens) {
        return Client.hello(Mesh.MODEL).replace("{\"model\"", "{\"max_tokens\":" + tokens + ",\"model\"");
    }

    @Test
    void callsAreHeldAndSettledAgainstTheBudget() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("5"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "5");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        Eventually.passes(() -> assertThat(balance(tenant, month(tenant)))
                .isEqualTo(new Balance(Amount.of("5"), settled.cost(), Amount.ZERO)));
    }

    @Test
    void overTheCapACallIsRefusedForGoodAndToldWhatIsLeft() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.0001"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "0.0001");
        Answer answer = mesh.client(tenant).chat(limited(4_000));
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
        Terms terms = new Terms(Amount.of("0.0001"), 1, Instant.EPOCH, null);
        assertThat(mesh.bean(Leases.class)
                        .hold(tenant.context(), month(tenant), terms, Amount.of("0.0001"))
                        .block(PATIENCE))
                .isInstanceOf(Outcome.Held.class);
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
    void aChangedLimitTakesEffectOnTheNextCall() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.000001"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "0.000001");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(429);
        mesh.budget(tenant, "1");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
        mesh.budget(tenant, "0.000001");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(429);
    }

    private BudgetSnapshot scoped(
            TenantSnapshot tenant, Scope scope, @Nullable String subject, Window window, String limit) {
        String id = BudgetSnapshot.target(scope, tenant.tenantId(), subject) + ":" + window.wireName();
        return mesh.budget(
                new BudgetSnapshot(id, tenant.tenantId(), Amount.of(limit), window, "UTC", 0, 0, scope, subject));
    }

    @Test
    void aTagsBudgetCountsTheCallsThatCarryItAndNoOthers() {
        TenantSnapshot tenant = mesh.tenant();
        BudgetSnapshot budget = scoped(tenant, Scope.TAG, "team=search", Window.DAY, "0.000001");
        Client client = mesh.client(tenant);
        Answer refused = client.chatTagged(Client.hello(Mesh.MODEL), "env=prod, team=search");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.error().path("message").asString()).contains("the tag team=search's budget");
        assertThat(client.chatTagged(Client.hello(Mesh.MODEL), "team=ads").status())
                .isEqualTo(200);
        assertThat(client.chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
        assertThat(balance(tenant, window(tenant, budget.id(), Window.DAY)).settled())
                .isEqualTo(Amount.ZERO);
    }

    @Test
    void ofSeveralWindowsTheOneWithLeastRoomDecidesAndTheOthersKeepNothing() {
        TenantSnapshot tenant = mesh.tenant();
        BudgetSnapshot key = scoped(tenant, Scope.KEY, "keyabc", Window.TOTAL, "1");
        BudgetSnapshot day = scoped(tenant, Scope.TENANT, null, Window.DAY, "1");
        BudgetSnapshot week = scoped(tenant, Scope.TENANT, null, Window.WEEK, "0.000001");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(429);
        for (BudgetSnapshot other : List.of(key, day)) {
            Eventually.passes(() -> assertThat(balance(tenant, window(tenant, other.id(), other.window())))
                    .isEqualTo(new Balance(Amount.of("1"), Amount.ZERO, Amount.ZERO)));
        }
        scoped(tenant, Scope.TENANT, null, Window.WEEK, "1");
        assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        for (BudgetSnapshot each : List.of(key, day, week)) {
            Eventually.passes(() -> assertThat(balance(tenant, window(tenant, each.id(), each.window()))
                            .settled())
                    .isEqualTo(settled.cost()));
        }
    }

    @Test
    void thePlatformsBudgetCountsAllTenantsAndTellsThemNoneOfItsNumbers() {
        BudgetSnapshot platform = mesh.budget(new BudgetSnapshot(
                "platform:day",
                TenantId.PLATFORM,
                Amount.of("0.000001"),
                Window.DAY,
                "UTC",
                0,
                0,
                Scope.PLATFORM,
                null));
        try {
            Answer refused = mesh.client(mesh.tenant()).chat(Client.hello(Mesh.MODEL));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error().path("code").asString()).isEqualTo("platform_budget_exhausted");
            assertThat(refused.header("x-should-retry")).isEqualTo("false");
            assertThat(refused.error().path("message").asString()).doesNotContain("$", "0.000001");
        } finally {
            mesh.removeBudget(platform.id());
        }
        Eventually.passes(() -> assertThat(mesh.client(mesh.tenant())
                        .chat(Client.hello(Mesh.MODEL))
                        .status())
                .isEqualTo(200));
    }

    @Test
    void anAlertSaysWhoseCallsItsBudgetCounts() {
        TenantSnapshot tenant = mesh.tenant();
        BudgetSnapshot budget = scoped(tenant, Scope.TAG, "team=search", Window.TOTAL, "1");
        WindowId window = window(tenant, budget.id(), Window.TOTAL);
        Terms terms = new Terms(budget.limit(), budget.version(), Instant.EPOCH, null);
        Leases leases = mesh.bean(Leases.class);
        Outcome.Held held = (Outcome.Held) leases.hold(tenant.context(), window, terms, Amount.of("0.6"))
                .blockOptional(PATIENCE)
                .orElseThrow();
        leases.settle(held.hold(), Amount.of("0.6")).block(PATIENCE);
        Eventually.passes(
                PATIENCE,
                () -> assertThat(mesh.topics().records("alerts.v1"))
                        .map(value -> JsonMapper.shared().readTree(value).path("data"))
                        .filteredOn(data -> data.path("budgetId").asString().equals(budget.id()))
                        .singleElement()
                        .satisfies(data -> {
                            assertThat(data.path("kind").asString()).isEqualTo("threshold_50");
                            assertThat(data.path("scope").asString()).isEqualTo("tag");
                            assertThat(data.path("subject").asString()).isEqualTo("team=search");
                        }));
    }

    /// Taken for dead, it would keep its lease for ten seconds and more, and others would be told to come again.
    @Test
    void aProcessThatStopsGivesItsLeasesBack() {
        TenantSnapshot tenant = mesh.tenant();
        Terms terms = new Terms(Amount.of("1"), 1, Instant.EPOCH, null);
        Outcome small = hold(tenant, terms, "0.001");
        assertThat(small).isInstanceOf(Outcome.Held.class);
        mesh.bean(Leases.class)
                .settle(((Outcome.Held) small).hold(), Amount.of("0.001"))
                .block(PATIENCE);
        mesh.stopService();
        mesh.restartService();
        assertThat(balance(tenant, month(tenant)))
                .isEqualTo(new Balance(Amount.of("1"), Amount.of("0.001"), Amount.ZERO));
        assertThat(hold(tenant, terms, "0.999")).isInstanceOf(Outcome.Held.class);
    }

    /// A machine may be suspended for days.
    @Test
    void aProcessThatWasTakenForDeadDaysAgoIsStillToldSo() {
        PlatformTransaction transaction = mesh.bean(PlatformTransaction.class);
        HolderStore holders = new R2dbcHolders(transaction);
        UUID suspended = UUID.randomUUID();
        Mark mark = new Mark(false, 0);
        assertThat(holders.beat(suspended, "p", Duration.ofSeconds(10), mark).block(PATIENCE))
                .isTrue();
        transaction
                .in(
                        "a test",
                        client -> client.sql("UPDATE budget_holder SET dead_at = now(),"
                                        + " expires_at = now() - interval '30 days' WHERE holder = :holder")
                                .bind("holder", suspended)
                                .fetch()
                                .rowsUpdated())
                .block(PATIENCE);
        mesh.bean(LeaseRecovery.class).prune().block(PATIENCE);
        assertThat(holders.beat(suspended, "p", Duration.ofSeconds(10), mark).block(PATIENCE))
                .isFalse();
    }

    private Outcome hold(TenantSnapshot tenant, Terms terms, String amount) {
        return mesh.bean(Leases.class)
                .hold(tenant.context(), month(tenant), terms, Amount.of(amount))
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    @Test
    void tagsThatAreNoneAreRefusedByName() {
        TenantSnapshot tenant = mesh.tenant();
        for (String tags : List.of("team", "a=1,a=2", "=x", "a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9", "a=b c")) {
            Answer answer = mesh.client(tenant).chatTagged(Client.hello(Mesh.MODEL), tags);
            assertThat(answer.status()).as(tags).isEqualTo(400);
            assertThat(answer.error().path("param").asString()).as(tags).isEqualTo("x-weir-tags");
        }
    }
}
