package io.weir.gateway.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Holds calls against their tenant's limits of requests per second, of calls that run at the same time, and of
/// requests
/// per hour, day and month, over all instances of the gateway. What counts is what may cost: POSTs to the models' API.
public final class RequestLimits {

    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final long SECOND_MICROS = 1_000_000;
    private static final long NEVER_MICROS = 60 * SECOND_MICROS;

    private final LimitStore store;
    private final Peers peers;
    private final LimitCounters counters;
    private final ToIntFunction<TenantSnapshot> burstFactor;
    private final LongSupplier micros;
    private final RunningCalls slots;
    private final CallQuotas quotas;
    private final Cache<String, Limited> tenants =
            Caffeine.newBuilder().expireAfterAccess(UNUSED).build();

    /// @param burstFactor of the tenant's plan
    /// @param micros a clock of this process that never goes back
    RequestLimits(
            LimitStore store,
            Peers peers,
            LimitCounters counters,
            ToIntFunction<TenantSnapshot> burstFactor,
            LongSupplier micros,
            CallQuotas quotas) {
        this.store = store;
        this.peers = peers;
        this.counters = counters;
        this.burstFactor = burstFactor;
        this.micros = micros;
        this.quotas = quotas;
        this.slots = new RunningCalls(store, peers, counters, micros);
    }

    /// Whose rate it is as it was last worked out: anew where the tenant changed, and every second for its plan's
    /// terms.
    private static final class Limited {

        private final PermitGate<RequestRate> gate;
        private volatile Known known;

        Limited(PermitGate<RequestRate> gate, Known known) {
            this.gate = gate;
            this.known = known;
        }
    }

    private record Known(long version, long until, RequestRate rate) {}

    /// Serves the call as far as its tenant's limits allow; else fails with a 429 problem. Where the rate is limited
    /// the call knows where its tenant stands. What it takes it gives back when it ends, however it ends.
    public Mono<Void> guard(Call call, HttpMethod method, Caller caller, Mono<Void> served) {
        TenantSnapshot tenant = caller.tenant();
        TenantSettings.Limits limits = tenant.settings().limits();
        if (call.route() != RouteClass.INFERENCE || !method.equals(HttpMethod.POST)) {
            return served;
        }
        Mono<Void> counted = Mono.defer(() -> quotas.demand(call, tenant)).then(served);
        if (limits == null) {
            return counted;
        }
        BigDecimal perSecond = limits.requestsPerSecond();
        Mono<Void> paced = perSecond == null
                ? counted
                : Mono.defer(() -> demand(call, tenant, perSecond)).then(counted);
        Integer running = limits.maxConcurrency();
        return running == null ? paced : slots.within(call, tenant, running, paced);
    }

    /// To be called every second.
    void renew() {
        slots.renew();
        tenants.asMap().values().forEach(limited -> limited.gate.giveBack());
        quotas.giveBack();
    }

    private Mono<Void> demand(Call call, TenantSnapshot tenant, BigDecimal perSecond) {
        Limited limited = limited(tenant, perSecond);
        RequestRate rate = limited.known.rate();
        if (rate.isClosed()) {
            return decide(call, rate, new Allowance(0, 0, NEVER_MICROS, NEVER_MICROS));
        }
        return limited.gate.pass(rate).flatMap(allowance -> decide(call, rate, allowance));
    }

    private Limited limited(TenantSnapshot tenant, BigDecimal perSecond) {
        String id = tenant.tenantId().toString();
        long now = micros.getAsLong();
        Limited found = tenants.getIfPresent(id);
        if (found == null) {
            return tenants.get(id, absent -> started(absent, known(tenant, perSecond, now)));
        }
        Known known = found.known;
        if (known.version() != tenant.version() || now >= known.until()) {
            found.known = known(tenant, perSecond, now);
        }
        return found;
    }

    // The braces keep all that belongs to a tenant on one node of a cluster.
    private Limited started(String id, Known known) {
        String key = "{" + id + "}:second";
        RateLease lease = new RateLease(known.rate(), peers.instances(), micros.getAsLong());
        return new Limited(new PermitGate<>(key, lease, store, peers, counters, micros, Schedulers.parallel()), known);
    }

    private Known known(TenantSnapshot tenant, BigDecimal perSecond, long now) {
        RequestRate rate = RequestRate.of(perSecond, burstFactor.applyAsInt(tenant));
        return new Known(tenant.version(), now + SECOND_MICROS, rate);
    }

    private static Mono<Void> decide(Call call, RequestRate rate, Allowance allowance) {
        call.limitedTo(allowance);
        return allowance.retryMicros() == 0 ? Mono.empty() : Mono.error(refusal(rate, allowance));
    }

    private static PlatformException refusal(RequestRate rate, Allowance allowance) {
        String stated = rate.stated().stripTrailingZeros().toPlainString();
        return new PlatformException(
                ProblemType.RATE_LIMIT_EXCEEDED,
                "The tenant may send " + stated + " requests per second, and sent more. Try again in "
                        + Math.ceilDiv(allowance.retryMicros(), 1_000)
                        + " ms, or send requests more evenly. The limit is the setting"
                        + " limits.requestsPerSecond, which an administrator can raise.");
    }
}
