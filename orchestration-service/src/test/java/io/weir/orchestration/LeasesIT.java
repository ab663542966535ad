package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.UsageEvent.Debit;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import io.weir.orchestration.budget.lease.Holder;
import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.Holder.Mark;
import io.weir.orchestration.budget.lease.LeasedHold;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.Outcome;
import io.weir.orchestration.budget.lease.R2dbcHolders;
import io.weir.orchestration.budget.lease.Terms;
import io.weir.orchestration.budget.lease.WindowId;
import io.weir.orchestration.budget.recovery.LeaseRecovery;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Three processes' leases, in one, over one database.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeasesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final BigDecimal MICRO = new BigDecimal("0.000001");

    private final Mesh mesh = Mesh.start();
    private final BudgetStore store = mesh.bean(BudgetStore.class);
    private final List<Leases> processes = new ArrayList<>();
    private final List<Mortal> mortals = new ArrayList<>();

    LeasesIT() {
        for (int i = 0; i < 3; i++) {
            processes.add(process());
        }
    }

    @AfterAll
    void stop() {
        processes.forEach(Leases::close);
        mesh.close();
    }

    private Leases process() {
        Mortal mortal = new Mortal(new R2dbcHolders(mesh.bean(PlatformTransaction.class)), store);
        mortals.add(mortal);
        Holder holder = new Holder(mortal, "p" + mortals.size(), Clock.systemUTC(), new SimpleMeterRegistry());
        Leases leases = new Leases(mortal, holder, Clock.systemUTC(), new SimpleMeterRegistry());
        leases.begin();
        return leases;
    }

    private static WindowId window(TenantSnapshot tenant) {
        return new WindowId(tenant.tenantId(), "b", Instant.EPOCH);
    }

    private static Terms cap(String limit) {
        return new Terms(Amount.of(limit), 1, Instant.EPOCH, null);
    }

    private static Mono<Outcome> hold(Leases process, TenantSnapshot tenant, String cap, Amount ceiling) {
        return process.hold(tenant.context(), window(tenant), cap(cap), ceiling);
    }

    private static LeasedHold held(Leases process, TenantSnapshot tenant, String cap, String ceiling) {
        Outcome outcome = hold(process, tenant, cap, Amount.of(ceiling))
                .blockOptional(PATIENCE)
                .orElseThrow();
        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        return ((Outcome.Held) outcome).hold();
    }

    private Balance balance(TenantSnapshot tenant) {
        return store.balance(tenant.context(), window(tenant))
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    @Test
    void ofFiveAtOnceThreeFitACapOfThree() {
        for (int round = 0; round < 10; round++) {
            TenantSnapshot tenant = mesh.tenant();
            List<Outcome> outcomes = Flux.range(0, 5)
                    .flatMap(i -> hold(processes.get(i % 3), tenant, "0.45", Amount.of("0.15")), 5)
                    .collectList()
                    .blockOptional(PATIENCE)
                    .orElseThrow();
            assertThat(outcomes.stream().filter(Outcome.Held.class::isInstance))
                    .as("%s", outcomes)
                    .hasSize(3);
            assertThat(outcomes.stream().filter(Outcome.OverLimit.class::isInstance))
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 512})
    void manyAtOnceNeverOverrunTheCapAndUseAllOfIt(int callers) {
        TenantSnapshot tenant = mesh.tenant();
        String cap = "10";
        AtomicLong used = new AtomicLong();
        AtomicLong most = new AtomicLong();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger recovering = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        Random random = new Random(callers);
        Flux.range(0, callers * 12)
                .flatMap(
                        i -> {
                            long ceiling = 1_000L + random.nextInt(20_000);
                            long actual = random.nextInt((int) ceiling);
                            Leases process = processes.get(i % 3);
                            return hold(process, tenant, cap, micros(ceiling)).flatMap(outcome -> switch (outcome) {
                                case Outcome.Held(LeasedHold hold) -> {
                                    most.accumulateAndGet(used.addAndGet(ceiling), Math::max);
                                    calls.incrementAndGet();
                                    yield Mono.delay(Duration.ofMillis(i % 7)).then(Mono.defer(() -> {
                                        used.addAndGet(actual - ceiling);
                                        return process.settle(hold, micros(actual));
                                    }));
                                }
                                case Outcome.OverLimit over -> {
                                    refused.incrementAndGet();
                                    yield Mono.<Void>empty();
                                }
                                case Outcome.Recovering later -> {
                                    recovering.incrementAndGet();
                                    yield Mono.<Void>empty();
                                }
                                case Outcome.Failed(Throwable why) -> Mono.<Void>error(why);
                            });
                        },
                        callers)
                .blockLast(PATIENCE);
        assertThat(most.get()).isLessThanOrEqualTo(10_000_000);
        Amount settled = micros(used.get());
        assertThat(calls.get() + refused.get() + recovering.get()).isEqualTo(callers * 12);
        assertThat(calls).hasPositiveValue();
        // Whatever is left can be had by anybody, to the last bit, and no more.
        Amount left = Amount.of(cap).minus(settled);
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(balance(tenant).settled()).isEqualTo(settled));
        LeasedHold rest = held(processes.get(1), tenant, cap, left.toPlainString());
        assertThat(hold(processes.get(2), tenant, cap, Amount.of("0.000001")).block(PATIENCE))
                .isInstanceOf(Outcome.OverLimit.class);
        processes.get(1).settle(rest, left).block(PATIENCE);
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(balance(tenant)).isEqualTo(new Balance(Amount.of(cap), Amount.of(cap), Amount.ZERO)));
    }

    private static Amount micros(long micros) {
        return new Amount(MICRO.multiply(BigDecimal.valueOf(micros)));
    }

    @Test
    void whatAnotherHasToSpareIsGivenBackWithinASecond() {
        TenantSnapshot tenant = mesh.tenant();
        LeasedHold small = held(processes.get(0), tenant, "1", "0.001");
        long begin = System.nanoTime();
        LeasedHold big = held(processes.get(1), tenant, "1", "0.999");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Leases.RECALL_LIMIT.multipliedBy(3));
        assertThat(hold(processes.get(2), tenant, "1", Amount.of("0.001")).block(PATIENCE))
                .isInstanceOf(Outcome.OverLimit.class);
        processes.get(0).release(small).block(PATIENCE);
        processes.get(0).release(small).block(PATIENCE);
        processes.get(1).settle(big, Amount.of("0.5")).block(PATIENCE);
        processes.get(1).settle(big, Amount.of("0.9")).block(PATIENCE);
        assertThat(balance(tenant)).isEqualTo(new Balance(Amount.of("1"), Amount.of("0.5"), Amount.ZERO));
    }

    @Test
    void eachAlertIsRaisedOnceByWhicheverProcessSettles() {
        TenantSnapshot tenant = mesh.tenant();
        for (int i = 0; i < 30; i++) {
            Leases process = processes.get(i % 3);
            LeasedHold hold = held(process, tenant, "0.3", "0.01");
            process.settle(hold, Amount.of("0.01")).block(PATIENCE);
        }
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(alerts(tenant))
                        .containsExactlyInAnyOrder("threshold_50", "threshold_80", "threshold_100"));
        assertThat(hold(processes.get(0), tenant, "0.3", Amount.of("0.01")).block(PATIENCE))
                .isInstanceOf(Outcome.OverLimit.class);
        assertThat(alerts(tenant)).hasSize(3);
    }

    @Test
    void aWindowThatIsSpentTooFastSaysSo() {
        TenantSnapshot tenant = mesh.tenant();
        Terms month = new Terms(
                Amount.of("1"), 1, Instant.now().minusSeconds(60), Instant.now().plus(Duration.ofDays(30)));
        Outcome outcome = processes
                .getFirst()
                .hold(tenant.context(), window(tenant), month, Amount.of("0.2"))
                .blockOptional(PATIENCE)
                .orElseThrow();
        processes
                .getFirst()
                .settle(((Outcome.Held) outcome).hold(), Amount.of("0.2"))
                .block(PATIENCE);
        Eventually.passes(
                Duration.ofSeconds(20), () -> assertThat(alerts(tenant)).containsExactly("burn_rate"));
    }

    @Test
    void aWindowThatIsSpentInTimeIsNotSpentTooFast() {
        TenantSnapshot tenant = mesh.tenant();
        Terms half = new Terms(
                Amount.of("1"),
                1,
                Instant.now().minus(Duration.ofDays(15)),
                Instant.now().plus(Duration.ofDays(15)));
        for (String spent : List.of("0.3", "0.3")) {
            Outcome outcome = processes
                    .getFirst()
                    .hold(tenant.context(), window(tenant), half, Amount.of(spent))
                    .blockOptional(PATIENCE)
                    .orElseThrow();
            processes
                    .getFirst()
                    .settle(((Outcome.Held) outcome).hold(), Amount.of(spent))
                    .block(PATIENCE);
        }
        Eventually.passes(
                Duration.ofSeconds(20), () -> assertThat(alerts(tenant)).containsExactly("threshold_50"));
    }

    @Test
    void aWishThatNeverFitsDoesNotSayThatAllIsSpent() {
        TenantSnapshot tenant = mesh.tenant();
        assertThat(hold(processes.get(0), tenant, "1", Amount.of("2")).block(PATIENCE))
                .isInstanceOf(Outcome.OverLimit.class);
        LeasedHold most = held(processes.get(1), tenant, "1", "0.985");
        processes.get(1).settle(most, Amount.of("0.985")).block(PATIENCE);
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(alerts(tenant)).containsExactlyInAnyOrder("threshold_50", "threshold_80"));
        assertThat(hold(processes.get(0), tenant, "1", Amount.of("0.1")).block(PATIENCE))
                .isInstanceOf(Outcome.OverLimit.class);
        Eventually.passes(
                Duration.ofSeconds(20), () -> assertThat(alerts(tenant)).contains("threshold_100"));
    }

    @Test
    void aRaisedCapIsAlertedOfAgain() {
        TenantSnapshot tenant = mesh.tenant();
        spend(tenant, new Terms(Amount.of("0.1"), 1, Instant.EPOCH, null), "0.06");
        Eventually.passes(
                Duration.ofSeconds(20), () -> assertThat(alerts(tenant)).containsExactly("threshold_50"));
        Terms raised = new Terms(Amount.of("1"), 2, Instant.EPOCH, null);
        spend(tenant, raised, "0.4");
        assertThat(alerts(tenant)).hasSize(1);
        spend(tenant, raised, "0.4");
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(alerts(tenant))
                        .containsExactlyInAnyOrder("threshold_50", "threshold_50", "threshold_80"));
    }

    private void spend(TenantSnapshot tenant, Terms terms, String amount) {
        Outcome outcome = processes
                .getFirst()
                .hold(tenant.context(), window(tenant), terms, Amount.of(amount))
                .blockOptional(PATIENCE)
                .orElseThrow();
        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        processes
                .getFirst()
                .settle(((Outcome.Held) outcome).hold(), Amount.of(amount))
                .block(PATIENCE);
    }

    /// As after a failover to a replica that lacks the last commits: the lease is not there, or has less.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM budget_lease WHERE lease_id = '%s'",
                "UPDATE budget_lease SET amount = 0, held = 0 WHERE lease_id = '%s'"
            })
    void whatTheDatabaseLostOfALeaseIsPutBackByItsProcess(String loss) {
        TenantSnapshot tenant = mesh.tenant();
        LeasedHold hold = held(processes.get(0), tenant, "1", "0.5");
        assertThat(sql("UPDATE budget_window SET leased = 0 WHERE tenant_id = '" + tenant.tenantId() + "'"))
                .isEqualTo(1);
        assertThat(sql(loss.formatted(hold.leaseId()))).isEqualTo(1);
        processes.get(0).settle(hold, Amount.of("0.3")).block(PATIENCE);
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(balance(tenant))
                        .isEqualTo(new Balance(Amount.of("1"), Amount.of("0.3"), Amount.ZERO)));
        LeasedHold rest = held(processes.get(1), tenant, "1", "0.7");
        processes.get(1).release(rest).block(PATIENCE);
        Eventually.passes(Duration.ofSeconds(20), () -> assertThat(sum(tenant)).isTrue());
    }

    private long sql(String statement) {
        return mesh.bean(PlatformTransaction.class)
                .in("a test", client -> client.sql(statement).fetch().rowsUpdated())
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private boolean sum(TenantSnapshot tenant) {
        return sql("UPDATE budget_window w SET settled = w.settled WHERE tenant_id = '" + tenant.tenantId()
                        + "' AND leased = (SELECT coalesce(sum(l.amount), 0) FROM budget_lease l"
                        + " WHERE l.tenant_id = w.tenant_id)")
                == 1;
    }

    @Test
    void whatIsLateDoesNotUndoAProcesssMark() {
        HolderStore holders = new R2dbcHolders(mesh.bean(PlatformTransaction.class));
        UUID holder = UUID.randomUUID();
        String name = "marked-" + holder;
        Duration ttl = Duration.ofMinutes(1);
        holders.beat(holder, name, ttl, new Mark(false, 0)).block(PATIENCE);
        holders.beat(holder, name, ttl, new Mark(true, 1)).block(PATIENCE);
        holders.beat(holder, name, ttl, new Mark(false, 0)).block(PATIENCE);
        assertThat(holders.spilling().block(PATIENCE)).containsKey(name);
        holders.drained(name, holder, new Mark(false, 2)).block(PATIENCE);
        holders.beat(holder, name, ttl, new Mark(true, 1)).block(PATIENCE);
        assertThat(holders.spilling().block(PATIENCE)).doesNotContainKey(name);
        holders.beat(holder, name, ttl, new Mark(true, 3)).block(PATIENCE);
        holders.drained(name, holder, new Mark(false, 2)).block(PATIENCE);
        assertThat(holders.spilling().block(PATIENCE)).containsKey(name);
        holders.drained(name, UUID.randomUUID(), new Mark(false, 0)).block(PATIENCE);
        assertThat(holders.spilling().block(PATIENCE)).doesNotContainKey(name);
    }

    @Test
    void aFileThatSomebodyElseDeliveredIsOfThoseWhoAreGoneOnly() {
        HolderStore holders = new R2dbcHolders(mesh.bean(PlatformTransaction.class));
        UUID gone = UUID.randomUUID();
        UUID lives = UUID.randomUUID();
        String name = "moved-" + gone;
        holders.beat(gone, name, Duration.ofMinutes(1), new Mark(true, 1)).block(PATIENCE);
        assertThat(holders.delivered(name).block(PATIENCE)).isFalse();
        assertThat(holders.spilling().block(PATIENCE)).containsKey(name);
        holders.retire(gone).block(PATIENCE);
        assertThat(holders.delivered(name).block(PATIENCE)).isTrue();
        assertThat(holders.spilling().block(PATIENCE)).doesNotContainKey(name);
        holders.beat(lives, name, Duration.ofMinutes(1), new Mark(true, 1)).block(PATIENCE);
        assertThat(holders.delivered(name).block(PATIENCE)).isFalse();
        holders.beat(lives, name, Duration.ofMinutes(1), new Mark(false, 2)).block(PATIENCE);
        assertThat(holders.delivered(name).block(PATIENCE)).isTrue();
    }

    @Test
    void windowsThatAreOverForLongAreRemoved() {
        TenantSnapshot tenant = mesh.tenant();
        Leases process = processes.getFirst();
        for (Instant start : List.of(Instant.now().minus(Duration.ofDays(140)), Instant.EPOCH)) {
            WindowId window = new WindowId(tenant.tenantId(), "b", start.truncatedTo(ChronoUnit.DAYS));
            Outcome outcome = process.hold(tenant.context(), window, cap("1"), Amount.of("1"))
                    .blockOptional(PATIENCE)
                    .orElseThrow();
            process.settle(((Outcome.Held) outcome).hold(), Amount.of("1")).block(PATIENCE);
        }
        String windows = "UPDATE budget_window SET settled = settled WHERE tenant_id = '" + tenant.tenantId() + "'";
        assertThat(sql(windows)).isEqualTo(2);
        Eventually.passes(Duration.ofSeconds(30), () -> {
            mesh.bean(LeaseRecovery.class).prune().block(PATIENCE);
            assertThat(sql(windows)).isEqualTo(1);
        });
        assertThat(balance(tenant).settled()).isEqualTo(Amount.of("1"));
    }

    private List<String> alerts(TenantSnapshot tenant) {
        return mesh.topics().records("alerts.v1").stream()
                .map(value -> JsonMapper.shared().readTree(value).path("data"))
                .filter(data -> data.path("tenantId")
                        .asString()
                        .equals(tenant.tenantId().toString()))
                .map(data -> data.path("kind").asString())
                .toList();
    }

    @Test
    void whatADeadProcessHadComesBackWhenItsLedgerWasRead() {
        TenantSnapshot tenant = mesh.tenant();
        Leases mortal = process();
        Mortal life = mortals.getLast();
        LedgerWriter ledger = mesh.bean(LedgerWriter.class);
        LeasedHold settled = held(mortal, tenant, "1", "0.002");
        LeasedHold open = held(mortal, tenant, "1", "0.003");
        LeasedHold neverTold = held(mortal, tenant, "1", "0.004");
        append(ledger, tenant, "settled" + settled.leaseId(), settled, "0.002");
        append(ledger, tenant, "open" + open.leaseId(), open, "0.003");
        ledger.append(settlement(tenant, "settled" + settled.leaseId(), "0.001"), Instant.now())
                .block(PATIENCE);
        life.die();
        assertThat(neverTold.leaseId()).isEqualTo(open.leaseId());
        assertThat(hold(processes.get(0), tenant, "1", Amount.of("0.996")).block(PATIENCE))
                .as("its lease may come back")
                .isInstanceOf(Outcome.Recovering.class);
        Eventually.passes(
                LeaseRecovery.BOUND.multipliedBy(5),
                () -> assertThat(balance(tenant))
                        .isEqualTo(new Balance(Amount.of("1"), Amount.of("0.001"), Amount.of("0.003"))));
        LeasedHold rest = held(processes.get(0), tenant, "1", "0.996");
        assertThat(hold(processes.get(1), tenant, "1", Amount.of("0.0001")).block(PATIENCE))
                .as("the open call of the dead may cost less")
                .isInstanceOf(Outcome.Recovering.class);
        ledger.append(new Released("open" + open.leaseId(), tenant.tenantId(), "k", "provider_error"), Instant.now())
                .block(PATIENCE);
        processes.get(0).settle(rest, Amount.of("0.5")).block(PATIENCE);
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(balance(tenant))
                        .isEqualTo(new Balance(Amount.of("1"), Amount.of("0.501"), Amount.ZERO)));
        processes.remove(mortal);
    }

    private static void append(
            LedgerWriter ledger, TenantSnapshot tenant, String request, LeasedHold hold, String ceiling) {
        Held held = new Held(
                request,
                tenant.tenantId(),
                "k",
                "m",
                "openai",
                "m",
                Amount.of(ceiling),
                Instant.now().plusSeconds(600),
                "b",
                Instant.EPOCH,
                null,
                null,
                null,
                List.of(new Debit("b", Instant.EPOCH, hold.leaseId().toString())));
        ledger.append(held, Instant.now()).block(PATIENCE);
    }

    private static Settled settlement(TenantSnapshot tenant, String request, String cost) {
        return new Settled(
                request,
                tenant.tenantId(),
                "k",
                "m",
                "openai",
                "m",
                List.of(),
                Amount.of(cost),
                "m",
                Amount.of(cost),
                List.of(),
                io.weir.ledger.Outcome.COMPLETED,
                false,
                true,
                1,
                null,
                "none",
                "explicit",
                1,
                1);
    }
}
