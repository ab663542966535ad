package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.ladder.Case;
import io.weir.analytics.neighbour.ladder.Stage;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/// How far tenants are held back at an instant, for other features. Safe for use by many threads.
public final class HeldBack {

    private final Cases cases;

    HeldBack(Cases cases) {
        this.cases = cases;
    }

    /// The tenant's own stage. Fails with `ClickHouseException` where no answer comes.
    public Mono<Stage> stage(TenantContext tenant, Instant now) {
        return cases.own(tenant)
                .map(found -> found.filter(one -> one.enforced() && one.isOpen(now))
                        .map(Case::stage)
                        .orElse(Stage.NONE));
    }

    /// Of all that are held back. Fails with `ClickHouseException` where no answer comes.
    public Mono<Map<TenantId, Stage>> stages(Instant now) {
        return cases.latest(now).map(all -> {
            Map<TenantId, Stage> stages = new HashMap<>();
            all.stream()
                    .filter(one -> one.enforced() && one.isOpen(now))
                    .forEach(one -> stages.put(one.tenantId(), one.stage()));
            return stages;
        });
    }
}
