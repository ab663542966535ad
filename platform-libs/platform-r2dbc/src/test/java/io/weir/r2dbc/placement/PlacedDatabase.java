package io.weir.r2dbc.placement;

import io.weir.r2dbc.Admission;
import io.weir.r2dbc.DatabaseBootstrap;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.TenantTransaction;
import io.weir.r2dbc.TransactionLimits;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A service's database with tenants in every placement, for one test class. It goes with the server.
public final class PlacedDatabase implements AutoCloseable {

    static final String PASSWORD = "secret";
    private static final Duration WAIT = Duration.ofSeconds(60);

    public final String name;
    public final PlacementProperties properties;
    public final PostgresPools pools;
    public final SiteConnections connections;
    public final Placements placements;
    public final TenantTransaction transaction;
    final SiteMaker maker;
    private final SitePools sitePools;

    private PlacedDatabase(String name, PlacementProperties properties, int connectionsOfApp) throws SQLException {
        this.name = name;
        this.properties = properties;
        PostgresProperties postgres = postgres(
                Infrastructure.postgres().host(), Infrastructure.postgres().port(), name, connectionsOfApp);
        this.pools = new PostgresPools(postgres);
        this.connections = new SiteConnections(postgres);
        this.maker = new SiteMaker(connections, pools.proofKey());
        this.placements = new Placements(connections, maker, properties);
        this.sitePools = new SitePools(connections, maker, properties);
        this.transaction = pools.tenantTransaction(
                Admission.open(),
                new PlacedSites(pools.home(), pools.platformTransaction(), sitePools, properties),
                TransactionLimits.none());
        pools.start();
        placements.registerHome();
        sitePools.start();
    }

    /// With defaults, but a short drain.
    public static PlacedDatabase create() throws SQLException {
        return create(500, 8, 10);
    }

    /// @param cap of a bridge database
    /// @param bridges how many of them there may be
    public static PlacedDatabase create(int cap, int bridges, int connectionsOfApp) throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        String name = Infrastructure.freshName("placed");
        DatabaseBootstrap.create(
                postgres.jdbcUrl("postgres"),
                postgres.superuser(),
                postgres.password(),
                name,
                Map.of(
                        "app", PASSWORD,
                        "platform", PASSWORD,
                        "migrator", PASSWORD,
                        "mover", PASSWORD,
                        "provisioner", PASSWORD));
        return new PlacedDatabase(name, quick(cap, bridges), connectionsOfApp);
    }

    /// Short waits, for tests.
    public static PlacementProperties quick(int cap, int bridges) {
        return new PlacementProperties(
                cap,
                bridges,
                4,
                10,
                Duration.ofMinutes(10),
                Duration.ofMillis(200),
                2,
                Duration.ofSeconds(4),
                10,
                Duration.ofSeconds(1));
    }

    /// What a service is configured with.
    public static PostgresProperties postgres(String host, int port, String name, int connectionsOfApp) {
        return new PostgresProperties(
                host,
                port,
                name,
                login(name, "app"),
                login(name, "platform"),
                login(name, "migrator"),
                login(name, "mover"),
                login(name, "provisioner"),
                new PostgresProperties.Pool(
                        connectionsOfApp,
                        3,
                        200,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(30)),
                Duration.ofSeconds(10));
    }

    private static PostgresProperties.Login login(String name, String role) {
        return new PostgresProperties.Login(name + "_" + role, PASSWORD);
    }

    /// A new tenant that lives there.
    public TenantContext provision(Placement placement) {
        TenantId id = new TenantId(UUID.randomUUID());
        Location place = placements.reserve(id, placement, schema(id));
        pools.platformTransaction()
                .in("test", client -> Completion.of(client, id, place))
                .block(WAIT);
        return new TenantContext(id, "enterprise", placement, "local");
    }

    /// What a tenant's own schema is called here.
    public static String schema(TenantId id) {
        return "tenant_" + id.toString().replace('-', '_');
    }

    /// Where the registry says that the tenant is.
    public Location location(TenantId id) throws SQLException {
        try (Connection home = connections.mover(connections.home())) {
            return PlacementRegistry.location(home, id);
        }
    }

    /// The database at which the tenant is.
    public SiteDatabase site(TenantId id) throws SQLException {
        try (Connection home = connections.mover(connections.home())) {
            return PlacementRegistry.database(home, location(id).site());
        }
    }

    /// Past every policy, in a database of this service.
    public Connection asSuperuser(@Nullable String database) throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        return DriverManager.getConnection(
                postgres.jdbcUrl(database == null ? name : database), postgres.superuser(), postgres.password());
    }

    @Override
    public void close() {
        sitePools.stop();
        pools.stop();
    }
}
