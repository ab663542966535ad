package io.weir.tenant.directory;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Finds tenants, and lets a request act for the one in its path.
@Component
public final class TenantDirectory {

    private final PlatformTransaction platform;

    TenantDirectory(PlatformTransaction platform) {
        this.platform = platform;
    }

    /// Runs the work in the scope of the tenant that the path names: the caller's own for a tenant admin, any for a
    /// platform admin. A malformed id is a 400, another tenant's a 403, one that is nobody's a 404, and that of a
    /// tenant that is erased a 409.
    public <T> Mono<T> acting(ServerRequest request, Function<TenantId, Mono<T>> work) {
        return acting(request, TenantDirectory::refuseErased, work);
    }

    /// As [#acting], also for what is left of a tenant that was erased.
    <T> Mono<T> actingForAny(ServerRequest request, Function<TenantId, Mono<T>> work) {
        return acting(request, tenant -> {}, work);
    }

    private <T> Mono<T> acting(ServerRequest request, Consumer<Tenant> check, Function<TenantId, Mono<T>> work) {
        TenantId named = id(request, "id");
        Passport passport = Access.demandOwn(request, named);
        Mono<TenantContext> context = passport.tenant().id().equals(named)
                ? Mono.just(passport.tenant())
                : find(named).doOnNext(check).map(Tenant::context);
        return context.flatMap(tenant -> work.apply(named).contextWrite(TenantScope.entering(tenant)));
    }

    /// Reads an id from the path; malformed ones are a 400.
    public static TenantId id(ServerRequest request, String variable) {
        try {
            return TenantId.of(request.pathVariable(variable));
        } catch (IllegalArgumentException malformed) {
            throw PlatformException.invalid(variable, "The " + variable + " in the path is not a UUID.");
        }
    }

    /// Any tenant, for the platform's own purposes; fails with a 404 when there is none of that id.
    public Mono<Tenant> find(TenantId id) {
        return platform.in("a platform admin names a tenant", client -> read(client, id));
    }

    /// The tenant in a transaction that may see it, locked until its end. Fails with a 409 once its erasure has begun,
    /// so that nothing is written which the erasure would not find.
    public Mono<Tenant> locked(DatabaseClient client, TenantId id) {
        return lockedInAnyState(client, id).doOnNext(TenantDirectory::refuseErased);
    }

    /// As [#locked], for the erasure itself.
    public Mono<Tenant> lockedInAnyState(DatabaseClient client, TenantId id) {
        return one(client, id, "FOR UPDATE");
    }

    private static void refuseErased(Tenant tenant) {
        if (tenant.state().isGone()) {
            throw new PlatformException(ProblemType.CONFLICT, "The tenant's data is erased. There is no way back.");
        }
    }

    /// The tenant in a transaction that may see it.
    public Mono<Tenant> read(DatabaseClient client, TenantId id) {
        return one(client, id, "");
    }

    /// Customers in the order of their ids, after `after`; those that were erased left out.
    Mono<List<Tenant>> page(TenantId after, int limit) {
        return platform.in(
                "a platform admin lists tenants",
                client -> client.sql("SELECT " + Tenant.COLUMNS + " FROM tenant"
                                + " WHERE tenant_id > :after AND tenant_id <> :platform"
                                + " AND status <> 'erased' ORDER BY tenant_id LIMIT :limit")
                        .bind("after", after.value())
                        .bind("platform", TenantId.PLATFORM.value())
                        .bind("limit", limit)
                        .map(row -> Tenant.of(row))
                        .all()
                        .collectList());
    }

    /// Tenants that are on the topic, after the given one in the order of their ids, each locked until the transaction
    /// ends.
    public Flux<Tenant> lockedAfter(DatabaseClient client, TenantId after, int limit) {
        return client.sql("SELECT " + Tenant.COLUMNS + " FROM tenant WHERE tenant_id > :after"
                        + " AND status NOT IN ('erasing', 'erased') ORDER BY tenant_id LIMIT :limit FOR UPDATE")
                .bind("after", after.value())
                .bind("limit", limit)
                .map(row -> Tenant.of(row))
                .all();
    }

    private static Mono<Tenant> one(DatabaseClient client, TenantId id, String lock) {
        return client.sql("SELECT " + Tenant.COLUMNS + " FROM tenant WHERE tenant_id = :tenant " + lock)
                .bind("tenant", id.value())
                .map(row -> Tenant.of(row))
                .one()
                .switchIfEmpty(Mono.error(
                        () -> new PlatformException(ProblemType.NOT_FOUND, "There is no tenant of that id.")));
    }
}
