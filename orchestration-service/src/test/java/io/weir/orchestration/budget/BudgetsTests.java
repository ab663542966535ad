package io.weir.orchestration.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.budget.lease.BudgetStore;
import io.weir.orchestration.budget.lease.Holder;
import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.LeasedHold;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.WindowId;
import io.weir.security.TrustedKeys;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Scope;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import io.weir.testing.Eventually;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class BudgetsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TenantId TENANT = new TenantId(UUID.randomUUID());
    private static final String SILENT = "silent";

    private final Store store = new Store();
    private final Leases leases = new Leases(
            store, new Holder(hearing(), "p", InstantSource.system(), registry()), InstantSource.system(), registry());
    private BudgetIndex definitions;
    private Budgets budgets;

    @BeforeEach
    void begin(@TempDir Path directory) {
        KafkaProperties nowhere = new KafkaProperties("localhost:1", "t.", (short) 1, Map.of());
        definitions = new BudgetIndex(new SnapshotReader(
                        nowhere, TrustedKeys.load(directory, InstantSource.system()), directory, InstantSource.system())
                .table(SnapshotTopic.BUDGETS));
        budgets = new Budgets(definitions, leases, InstantSource.system(), registry());
        leases.begin();
    }

    @AfterEach
    void end() {
        leases.close();
    }

    @Test
    void aCallThatRunsKeepsItsHoldsWhoeverStopsWaitingForIt() {
        define("key", Scope.KEY, "k");
        define("tenant", Scope.TENANT, null);
        AtomicReference<Reserved> running = new AtomicReference<>();
        Disposable waiting = reserve()
                .flatMap(reserved -> {
                    running.set(reserved);
                    return Mono.never();
                })
                .subscribe();
        Eventually.passes(PATIENCE, () -> assertThat(running.get()).isNotNull());
        waiting.dispose();
        budgets.settle(running.get(), Amount.of("0.07")).block(PATIENCE);
        leases.close();
        assertThat(store.last("key").settled()).isEqualTo(Amount.of("0.07"));
        assertThat(store.last("tenant").settled()).isEqualTo(Amount.of("0.07"));
    }

    @Test
    void aCallThatIsLeftWhileItWaitsGivesBackWhatItHolds() {
        define("key", Scope.KEY, "k");
        define(SILENT, Scope.TENANT, null);
        Disposable waiting = reserve().subscribe();
        Eventually.passes(PATIENCE, () -> assertThat(store.orders).containsKeys("key", SILENT));
        waiting.dispose();
        store.silence.tryEmitEmpty().orThrow();
        leases.close();
        assertThat(store.last("key").settled()).isEqualTo(Amount.ZERO);
        assertThat(store.last("key").keep()).isEqualTo(Amount.ZERO);
    }

    @Test
    void whatIsHeldAfterTheCallWasLeftIsGivenBackAndWhatItWasHandedIsItsOwn() {
        define("key", Scope.KEY, "k");
        LeasedHold hold =
                Objects.requireNonNull(reserve().block(PATIENCE)).holds().getFirst();
        List<LeasedHold> given = new ArrayList<>();
        HeldSoFar left = new HeldSoFar(given::add);
        left.giveBack();
        assertThat(left.add(hold)).isFalse();
        assertThat(left.handOn()).isFalse();
        assertThat(given).containsExactly(hold);
        HeldSoFar running = new HeldSoFar(given::add);
        assertThat(running.add(hold)).isTrue();
        assertThat(running.handOn()).isTrue();
        running.giveBack();
        assertThat(given).containsExactly(hold);
    }

    private Mono<Reserved> reserve() {
        TenantSnapshot tenant = new TenantSnapshot(
                TENANT,
                new TenantSlug("acme"),
                TenantStatus.ACTIVE,
                "growth",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                null,
                TenantSettings.DEFAULTS,
                1,
                Instant.EPOCH);
        return budgets.reserve(new Payer(tenant, "k", null, Tags.NONE), "r", new TenCents());
    }

    private void define(String id, Scope scope, @Nullable String subject) {
        BudgetSnapshot budget =
                new BudgetSnapshot(id, TENANT, Amount.of("1"), Window.TOTAL, "UTC", 1, 0, scope, subject);
        definitions.follow(new SnapshotChange<>(id, budget, 1));
    }

    private static SimpleMeterRegistry registry() {
        return new SimpleMeterRegistry();
    }

    private static final class TenCents implements Budgets.Ceiling {
        @Override
        public int outputLimit() {
            return 10;
        }

        @Override
        public Amount of(int outputLimit) {
            return Amount.of("0.1");
        }

        @Override
        public int largestWithin(Amount available) {
            return 0;
        }
    }

    /// Grants whatever is asked for, of one window when it is told to.
    private static final class Store implements BudgetStore {

        private final Sinks.Empty<Void> silence = Sinks.empty();
        private final Map<String, Order> orders = new ConcurrentHashMap<>();

        Order last(String budget) {
            Order order = orders.get(budget);
            assertThat(order).isNotNull();
            return order;
        }

        @Override
        public Mono<Answer> sync(Order order) {
            orders.put(order.window().budgetId(), order);
            Mono<Answer> granted = Mono.just(granted(order));
            return order.window().budgetId().equals(SILENT) ? silence.asMono().then(granted) : granted;
        }

        private static Answer granted(Order order) {
            Amount leased = order.needs().stream().reduce(order.keep(), Amount::plus);
            return new Answer(
                    true,
                    false,
                    order.needs().stream().map(need -> Fit.GRANTED).toList(),
                    Amount.ZERO,
                    new Balance(order.terms().limit(), order.settled(), leased),
                    Amount.ZERO,
                    Amount.ZERO);
        }

        @Override
        public Mono<Balance> balance(TenantContext owner, WindowId window) {
            return Mono.empty();
        }

        @Override
        public Mono<Map<WindowId, Balance>> balances(TenantContext owner, Collection<WindowId> windows) {
            return Mono.just(Map.of());
        }
    }

    /// Hears of everybody, and has nothing to say.
    private static HolderStore hearing() {
        return (HolderStore) Proxy.newProxyInstance(
                HolderStore.class.getClassLoader(),
                new Class<?>[] {HolderStore.class},
                (proxy, method, arguments) -> method.getName().equals("beat") ? Mono.just(true) : Mono.empty());
    }
}
