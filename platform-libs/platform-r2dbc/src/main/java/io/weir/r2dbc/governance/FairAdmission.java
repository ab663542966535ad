package io.weir.r2dbc.governance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Admission;
import io.weir.r2dbc.TransactionLimits;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Admits tenants' transactions by fair shares of the pool, each tenant within its plan's limits. Whoever does not get
/// a turn in time, or finds the queue full, or is kept away because its transactions stall, gets a 503 that says which.
/// Fails closed for the tenant concerned and never for another. Safe for use by many threads.
public final class FairAdmission implements Admission, TransactionLimits {

    private static final Logger LOG = LoggerFactory.getLogger(FairAdmission.class);
    private static final Duration NAMED = Duration.ofSeconds(10);

    private final PlanCatalogue plans;
    private final LongSupplier nanos;
    private final FairShares shares;
    private final TenantBreakers breakers;
    private final Refusals refusals = new Refusals();
    // Who was named in the log a moment ago: a storm of refusals is one line.
    private final Cache<TenantId, Boolean> named =
            Caffeine.newBuilder().expireAfterWrite(NAMED).maximumSize(1_000).build();

    /// @param connections of the pool that is shared
    public FairAdmission(GovernanceProperties rules, PlanCatalogue plans, int connections) {
        this(rules, plans, connections, System::nanoTime);
    }

    FairAdmission(GovernanceProperties rules, PlanCatalogue plans, int connections, LongSupplier nanos) {
        this.plans = plans;
        this.nanos = nanos;
        this.shares = new FairShares(rules, connections, nanos);
        this.breakers = new TenantBreakers(rules, nanos);
    }

    @Override
    public <T> Mono<T> admit(TenantContext tenant, Mono<T> work) {
        return Mono.usingWhen(
                turn(tenant),
                turn -> work,
                turn -> ended(turn, null),
                (turn, failure) -> ended(turn, failure),
                this::cancelled);
    }

    @Override
    public <T> Flux<T> admitMany(TenantContext tenant, Flux<T> work) {
        return Flux.usingWhen(
                turn(tenant),
                turn -> turn.ticket.share.pace.paced(work, turn.limits.rowsPerSecond(), nanos),
                turn -> ended(turn, null),
                (turn, failure) -> ended(turn, failure),
                this::cancelled);
    }

    @Override
    public Duration statementTimeout(TenantContext tenant) {
        return plans.of(tenant.plan()).statementTimeout();
    }

    @Override
    public int workMemoryKb(TenantContext tenant) {
        return plans.of(tenant.plan()).workMemoryKb();
    }

    FairShares.Figures figures() {
        return shares.figures();
    }

    long openBreakers() {
        return breakers.open();
    }

    Refusals refusals() {
        return refusals;
    }

    private Mono<Turn> turn(TenantContext tenant) {
        return Mono.defer(() -> {
            TenantBreakers.Pass pass = breakers.pass(tenant.id());
            if (!pass.granted()) {
                return Mono.error(keptAway(pass.retryAfter()));
            }
            PlanLimits limits = plans.of(tenant.plan());
            Ticket ticket = shares.ask(tenant.id(), limits);
            if (ticket == null) {
                breakers.unused(pass);
                return Mono.error(full(tenant));
            }
            return waiting(new Turn(tenant, limits, ticket, pass));
        });
    }

    private Mono<Turn> waiting(Turn turn) {
        if (turn.ticket.state == Ticket.State.ADMITTED) {
            // Who has left before it hears of its turn is heard of here: a plain value would be lost with its place.
            return Mono.create(sink -> {
                sink.onCancel(() -> giveUp(turn));
                sink.success(turn);
            });
        }
        Mono<Turn> called = turn.ticket.turn().thenReturn(turn);
        return called.timeout(turn.limits.maxWait())
                .onErrorMap(TimeoutException.class, late -> late(turn))
                .onErrorMap(Ticket.PushedOutException.class, pushed -> full(turn.tenant))
                // The turn may come while the wait ends: usingWhen has it from the first signal on, we until then.
                .doOnError(refused -> giveUp(turn))
                .doOnCancel(() -> giveUp(turn));
    }

    private void giveUp(Turn turn) {
        if (turn.done.compareAndSet(false, true)) {
            shares.end(turn.ticket);
            breakers.unused(turn.pass);
        }
    }

    private Mono<Void> ended(Turn turn, @Nullable Throwable failure) {
        return Mono.fromRunnable(() -> end(turn, Strain.of(failure)));
    }

    // Whoever gives up on a statement that takes too long has been stalled by it, though it never timed out.
    private Mono<Void> cancelled(Turn turn) {
        return Mono.fromRunnable(() -> end(turn, turn.isLong(nanos) ? Strain.STALLED : Strain.FOREIGN));
    }

    private void end(Turn turn, Strain strain) {
        if (!turn.done.compareAndSet(false, true)) {
            return;
        }
        if (strain == Strain.EXHAUSTED) {
            shares.dropped();
        }
        shares.end(turn.ticket);
        if (strain == Strain.NONE || strain == Strain.STALLED) {
            breakers.ended(turn.tenant.id(), turn.pass, strain == Strain.STALLED, turn.took(nanos));
        } else {
            breakers.unused(turn.pass);
        }
    }

    private PlatformException keptAway(Duration retryAfter) {
        refusals.keptAway.increment();
        return new PlatformException(
                ProblemType.DATABASE_SHARE_EXHAUSTED,
                "Your last operations took longer than your plan allows, so that none is begun for now. Others are not"
                        + " concerned. Try again in " + retryAfter.toSeconds() + " s.");
    }

    private PlatformException full(TenantContext tenant) {
        refusals.full.increment();
        name(tenant, "has too many operations waiting for the database");
        return new PlatformException(
                ProblemType.DATABASE_SHARE_EXHAUSTED,
                "Too many of your operations wait for the database already. Send fewer at a time, and try again in a"
                        + " second.");
    }

    private PlatformException late(Turn turn) {
        refusals.late.increment();
        name(turn.tenant, "waited for the database without a turn");
        return new PlatformException(
                ProblemType.DATABASE_SHARE_EXHAUSTED,
                "Your share of the database, " + turn.limits.connections() + " operations at a time at most, was in use"
                        + " for " + turn.limits.maxWait().toMillis() + " ms. Try again in a second.");
    }

    private void name(TenantContext tenant, String what) {
        if (named.asMap().putIfAbsent(tenant.id(), true) == null) {
            LOG.warn("Tenant {} ({}) {}; now {}", tenant.id(), tenant.plan(), what, shares.figures());
        }
    }

    private record Turn(
            TenantContext tenant, PlanLimits limits, Ticket ticket, TenantBreakers.Pass pass, AtomicBoolean done) {

        Turn(TenantContext tenant, PlanLimits limits, Ticket ticket, TenantBreakers.Pass pass) {
            this(tenant, limits, ticket, pass, new AtomicBoolean());
        }

        long took(LongSupplier nanos) {
            return nanos.getAsLong() - ticket.admittedAt;
        }

        boolean isLong(LongSupplier nanos) {
            return took(nanos) > limits.statementTimeout().toNanos() * 9 / 10;
        }
    }
}
