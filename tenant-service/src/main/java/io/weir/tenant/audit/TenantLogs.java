package io.weir.tenant.audit;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Lets this service's own work act for one tenant after the other.
@Component
public final class TenantLogs {

    private static final int PAGE = 500;

    private final PlatformTransaction platform;
    private final TenantDirectory directory;

    TenantLogs(PlatformTransaction platform, TenantDirectory directory) {
        this.platform = platform;
        this.directory = directory;
    }

    /// Runs the work in the tenant's scope. Empty for a tenant that is erased: it has no log. Fails with a 404 when
    /// there is no such tenant.
    public <T> Mono<T> acting(TenantId tenant, Mono<T> work) {
        return directory
                .find(tenant)
                .filter(found -> !found.state().isGone())
                .map(Tenant::context)
                .flatMap(context -> work.contextWrite(TenantScope.entering(context)));
    }

    /// Every tenant that has a log, a page at a time.
    public Flux<TenantId> all() {
        return page(new TenantId(new UUID(0, 0)));
    }

    private Flux<TenantId> page(TenantId after) {
        return platform.in(
                        "look for audit logs that are not sealed",
                        client -> ids(client, after).collectList())
                .flatMapMany(found -> found.size() < PAGE
                        ? Flux.fromIterable(found)
                        : Flux.fromIterable(found).concatWith(Flux.defer(() -> page(found.getLast()))));
    }

    private static Flux<TenantId> ids(DatabaseClient client, TenantId after) {
        return client.sql(
                        "SELECT tenant_id FROM tenant WHERE tenant_id > :after AND status NOT IN ('erasing', 'erased')"
                                + " ORDER BY tenant_id LIMIT :page")
                .bind("after", after.value())
                .bind("page", PAGE)
                .map(row -> new TenantId(Column.of(row, "tenant_id", UUID.class)))
                .all();
    }
}
