package io.weir.r2dbc.placement;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.Site;
import io.weir.r2dbc.Sites;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Where tenants are, as this process knows. A tenant of which nothing is known is at home: if it is not, home says so
/// (SQLSTATE WR001), and the registry is asked. What is known of a tenant elsewhere is asked again after a short while,
/// since a place that was left is removed at some time.
public final class PlacedSites implements Sites {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(25);

    private final Site home;
    private final PlatformTransaction platform;
    private final SitePools pools;
    private final PlacementProperties properties;
    private final ConcurrentHashMap<TenantId, Known> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<TenantId, Mono<Known>> asking = new ConcurrentHashMap<>();

    /// @param home where tenants of the pool are
    public PlacedSites(Site home, PlatformTransaction platform, SitePools pools, PlacementProperties properties) {
        this.home = home;
        this.platform = platform;
        this.pools = pools;
        this.properties = properties;
    }

    private record Known(SiteDatabase database, String schema, long asked) {}

    @Override
    public Mono<Site> of(TenantContext tenant) {
        Known last = known.get(tenant.id());
        if (last == null) {
            return Mono.just(home);
        }
        if (System.nanoTime() - last.asked() < properties.recheck().toNanos()) {
            return site(last);
        }
        return ask(tenant.id())
                // What was true a moment ago is better than nothing.
                .onErrorReturn(PlatformException.class, last)
                .flatMap(this::site);
    }

    @Override
    public Mono<Site> after(TenantContext tenant, Site left) {
        return ask(tenant.id())
                .onErrorResume(PlatformException.class, busy -> Mono.empty())
                .filter(now -> !(now.database().name().equals(left.name())
                        && now.schema().equals(left.schema())))
                .repeatWhenEmpty(attempts -> attempts.delayElements(PAUSE))
                .timeout(PATIENCE, Mono.error(PlacedSites::onTheWay))
                .flatMap(this::site);
    }

    // All who wait for a tenant wait for one answer.
    private Mono<Known> ask(TenantId tenant) {
        return Mono.defer(() -> asking.computeIfAbsent(
                tenant, id -> query(id).doFinally(end -> asking.remove(id)).cache()));
    }

    private Mono<Known> query(TenantId tenant) {
        return platform.in(
                        "where a tenant is",
                        client -> client.sql("SELECT " + SiteDatabase.COLUMNS + """
                                , s.schema_name FROM placement.site s
                                JOIN placement.database d ON d.name = s.site
                                WHERE s.tenant = :tenant AND s.state = 'active'""")
                                .bind("tenant", tenant.value())
                                .map(row -> new Known(
                                        new SiteDatabase(
                                                Column.of(row, "name", String.class),
                                                SiteKind.of(Column.of(row, "kind", String.class)),
                                                row.get("host", String.class),
                                                row.get("port", Integer.class),
                                                Column.of(row, "database", String.class),
                                                row.get("cap", Integer.class)),
                                        Column.of(row, "schema_name", String.class),
                                        System.nanoTime()))
                                .one())
                .defaultIfEmpty(new Known(atHome(), Site.PUBLIC, System.nanoTime()))
                .doOnNext(now -> remember(tenant, now));
    }

    private SiteDatabase atHome() {
        return new SiteDatabase(Site.HOME, SiteKind.HOME, null, null, "", null);
    }

    private void remember(TenantId tenant, Known now) {
        if (now.database().kind() == SiteKind.HOME && now.schema().equals(Site.PUBLIC)) {
            known.remove(tenant);
        } else {
            known.put(tenant, now);
        }
    }

    private Mono<Site> site(@Nullable Known now) {
        if (now == null || now.database().kind() == SiteKind.HOME) {
            return Mono.just(now == null ? home : new Site(Site.HOME, home.pool(), now.schema()));
        }
        return pools.pool(now.database()).map(pool -> new Site(now.database().name(), pool, now.schema()));
    }

    private static PlatformException onTheWay() {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "The tenant's data is on its way to another place. Try again in a moment.");
    }
}
