package io.weir.r2dbc.placement;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Site;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Makes a reserved place a new tenant's, in the platform's transaction that makes the tenant.
public final class Completion {

    private Completion() {}

    /// Fails with a 409 where the reservation is gone: another of that name took it over, or it was not completed in
    /// time.
    public static Mono<Void> of(DatabaseClient client, TenantId tenant, Location location) {
        if (location.placement() == Placement.POOL) {
            return Mono.empty();
        }
        return client.sql("UPDATE placement.site SET state = 'active', changed_at = now() WHERE tenant = :tenant")
                .bind("tenant", tenant.value())
                .fetch()
                .rowsUpdated()
                .filter(rows -> rows == 1)
                .switchIfEmpty(Mono.error(() -> new PlatformException(
                        ProblemType.CONFLICT,
                        "The tenant's place is another's now: a tenant of that name is being made by another request,"
                                + " or this one took too long. Look whether it is there, then try again.")))
                // So that a process which knows nothing of the tenant is sent on from home.
                .then(client.sql("INSERT INTO tenant.departed (tenant_id, schema_name) VALUES (:tenant, :schema)")
                        .bind("tenant", tenant.value())
                        .bind("schema", Site.PUBLIC)
                        .then());
    }
}
