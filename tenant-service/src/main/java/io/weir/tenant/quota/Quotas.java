package io.weir.tenant.quota;

import io.weir.tenancy.TenantContext;
import io.weir.tenant.apikey.KeyLimits;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.settings.StoredSettings;
import java.time.Clock;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// The quotas of tenants. What flows is asked for before a transaction, what is stored is counted in it.
@Component
public final class Quotas {

    private final MeteredUse metered;
    private final KeyLimits keys;
    private final MemberCount members;
    private final StoredSettings settings;
    private final Clock clock;

    Quotas(MeteredUse metered, KeyLimits keys, MemberCount members, StoredSettings settings, Clock clock) {
        this.metered = metered;
        this.keys = keys;
        this.members = members;
        this.settings = settings;
        this.clock = clock;
    }

    /// What the tenant uses of what flows. Not to be waited for in a transaction. Never fails.
    public Mono<Used> metered(TenantContext tenant) {
        return metered.of(tenant);
    }

    /// The tenant's quotas on its plan, in a transaction that may see it.
    public Mono<List<Quota>> of(DatabaseClient client, Tenant tenant, Used flowing) {
        return settings.catalogue(client)
                .map(plans -> plans.stream()
                        .filter(plan -> plan.key().equals(tenant.plan()))
                        .findFirst()
                        .orElseThrow())
                .flatMap(plan -> on(client, tenant, plan, flowing));
    }

    /// As [#of], as if it were on that plan.
    public Mono<List<Quota>> on(DatabaseClient client, Tenant tenant, Plan plan, Used flowing) {
        return Mono.zip(
                        settings.current(client, tenant.id()),
                        keys.live(client, tenant.id()),
                        members.of(client, tenant.id()))
                .map(found -> new PlanQuotas(
                                plan,
                                clock.instant(),
                                settings.cascade(plan, found.getT1().settings()),
                                new Used(
                                        found.getT2(),
                                        found.getT3(),
                                        flowing.requestsThisHour(),
                                        flowing.tokensThisMonth()))
                        .all());
    }
}
