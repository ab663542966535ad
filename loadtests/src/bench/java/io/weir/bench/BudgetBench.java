package io.weir.bench;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore;
import io.weir.orchestration.budget.lease.Holder;
import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.LeasedHold;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.Outcome;
import io.weir.orchestration.budget.lease.Terms;
import io.weir.orchestration.budget.lease.WindowId;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Mono;

/// One call against one budget of which a lease is at hand: held, and settled with less. The store grants at once what
/// it is asked for, so that what is seen is the work of this process alone.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BudgetBench {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Amount CEILING = Amount.of("0.0012");
    private static final Amount SPENT = Amount.of("0.0004");
    private static final Amount CHUNK = Amount.of("1000");

    private final TenantContext owner =
            new TenantContext(new TenantId(new UUID(1, 2)), "growth", Placement.POOL, "local");
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Leases leases = new Leases(
            new Granting(),
            new Holder(hearing(), "bench", InstantSource.system(), registry),
            InstantSource.system(),
            registry);
    private final WindowId window = new WindowId(owner.id(), "bench", Instant.EPOCH);
    private final Terms terms = new Terms(Amount.of("1000000000"), 1, Instant.EPOCH, null);

    /// Begins to lease.
    @Setup(Level.Trial)
    public void begin() {
        leases.begin();
    }

    /// Gives back what is left.
    @TearDown(Level.Trial)
    public void end() {
        leases.close();
    }

    /// Held and settled.
    @Benchmark
    public LeasedHold holdAndSettle() {
        Outcome outcome = leases.hold(owner, window, terms, CEILING).block(PATIENCE);
        LeasedHold hold = ((Outcome.Held) Objects.requireNonNull(outcome)).hold();
        leases.settle(hold, SPENT).block(PATIENCE);
        return hold;
    }

    /// Hears of everybody, and has nothing to say.
    private static HolderStore hearing() {
        return (HolderStore) Proxy.newProxyInstance(
                HolderStore.class.getClassLoader(),
                new Class<?>[] {HolderStore.class},
                (proxy, method, arguments) -> method.getName().equals("beat") ? Mono.just(true) : Mono.empty());
    }

    private static final class Granting implements BudgetStore {

        @Override
        public Mono<Answer> sync(Order order) {
            Amount needs = order.needs().stream().reduce(Amount.ZERO, Amount::plus);
            Amount extra = order.chunk() ? CHUNK : Amount.ZERO;
            return Mono.just(new Answer(
                    true,
                    false,
                    order.needs().stream().map(need -> Fit.GRANTED).toList(),
                    extra,
                    new Balance(
                            order.terms().limit(),
                            order.settled(),
                            order.keep().plus(needs).plus(extra)),
                    Amount.ZERO,
                    Amount.ZERO));
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
}
