package io.weir.gateway.limit;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Mono;

/// Holds calls against the limits of their key, their tenant and its plan: requests per second, calls that run at the
/// same time, and requests per hour, day and month, over all instances of the gateway; at last against what the
/// platform takes. What counts is what may cost: POSTs to the models' API.
public final class RequestLimits {

    private final PacedCalls rates;
    private final RunningCalls running;
    private final CallQuotas quotas;
    private final PlatformCap platform;
    private final Function<TenantSnapshot, PlanSnapshot.@Nullable Terms> terms;
    private final boolean planRates;

    /// @param terms of a tenant's plan
    /// @param planRates whether a plan's rate and calls at the same time are limits
    RequestLimits(
            PacedCalls rates,
            RunningCalls running,
            CallQuotas quotas,
            PlatformCap platform,
            Function<TenantSnapshot, PlanSnapshot.@Nullable Terms> terms,
            boolean planRates) {
        this.rates = rates;
        this.running = running;
        this.quotas = quotas;
        this.platform = platform;
        this.terms = terms;
        this.planRates = planRates;
    }

    /// Serves the call as far as its limits allow; else fails with a 429 problem, or a 503 where the platform is full.
    /// Where the rate is limited the call knows where its caller stands. What it takes it gives back when it ends,
    /// however it ends.
    public Mono<Void> guard(Call call, HttpMethod method, Caller caller, Mono<Void> served) {
        if (call.route() != RouteClass.INFERENCE || !method.equals(HttpMethod.POST)) {
            return served;
        }
        TenantSnapshot tenant = caller.tenant();
        Ceilings ceilings = Ceilings.of(caller, terms.apply(tenant), planRates);
        Mono<Void> guarded = Mono.defer(() -> quotas.demand(call, tenant));
        if (platform.isSet()) {
            guarded = guarded.then(
                    Mono.defer(() -> platform.demand(call)).doOnError(full -> quotas.putBack(call, tenant)));
        }
        guarded = guarded.then(served);
        // From the inside to the outside: the key's come first.
        for (Ceilings.OfRate rate : ceilings.rates().reversed()) {
            guarded = rates.demand(call, rate).then(guarded);
        }
        for (Ceilings.OfRunning limit : ceilings.running().reversed()) {
            guarded = running.within(call, limit, guarded);
        }
        return guarded;
    }

    /// To be called every second.
    void renew() {
        running.renew();
        rates.giveBack();
        quotas.giveBack();
        platform.giveBack();
    }
}
