package io.weir.proof.ground;

import io.r2dbc.pool.ConnectionPool;
import io.weir.r2dbc.Admission;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.DatabaseBootstrap;
import io.weir.r2dbc.DatabaseRoles;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.Site;
import io.weir.r2dbc.SitePreparation;
import io.weir.r2dbc.Sites;
import io.weir.r2dbc.TenantTransaction;
import io.weir.r2dbc.TransactionLimits;
import io.weir.r2dbc.isolation.Finding;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Databases with tenants of every placement, reached as services reach theirs: migrated, verified, pooled. Every
/// schema holds rows of tenants that do not belong there, as it does while one is moved: row security alone keeps
/// them apart.
public final class Ground implements AutoCloseable {

    /// Of the rows of each tenant in a schema.
    public static final int ROWS = 5;

    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Spec spec;
    private final DatabaseRoles roles;
    private final List<Resident> residents;
    private final PostgresPools pools;
    private final Map<String, ConnectionPool> silos = new LinkedHashMap<>();
    private final Map<TenantId, Site> sites = new HashMap<>();
    private final Superuser superuser;
    private final TenantTransaction transaction;

    private Ground(Spec spec) {
        this.spec = spec;
        this.roles = new DatabaseRoles(spec.name());
        this.residents = spec.residents();
        this.superuser = new Superuser(spec);
        this.pools = new PostgresPools(properties(spec.name()));
        this.transaction = pools.tenantTransaction(Admission.open(), new Residences(), TransactionLimits.none());
    }

    /// Makes the databases, fills them and opens the pools.
    public static Ground prepare(Spec spec) throws SQLException {
        bootstrap(spec);
        Ground ground = new Ground(spec);
        ground.pools.start();
        Tables tables = new Tables(spec, ground.roles);
        for (String database : ground.databases()) {
            if (!database.equals(spec.name())) {
                spec.cluster().run("postgres", "CREATE DATABASE " + database + " OWNER " + ground.roles.owner());
                spec.cluster()
                        .run(
                                database,
                                SitePreparation.statements(ground.roles, database)
                                        .toArray(String[]::new));
            }
            tables.makeIn(database, ground.residents);
        }
        ground.openSites();
        // The first look refuses a database, later ones say what is wrong with it.
        ground.findings();
        return ground;
    }

    /// Opens the pools on what another one prepared; the service's own check of its database included.
    public static Ground attach(Map<String, String> spec) throws SQLException {
        Ground ground = new Ground(Spec.of(spec));
        ground.pools.start();
        ground.openSites();
        return ground;
    }

    private static void bootstrap(Spec spec) throws SQLException {
        DatabaseBootstrap.create(
                spec.cluster().jdbcUrl("postgres"),
                spec.cluster().superuser(),
                spec.cluster().password(),
                spec.name(),
                Map.of("app", spec.password(), "platform", spec.password(), "migrator", spec.password()));
    }

    private void openSites() throws SQLException {
        for (Resident resident : residents) {
            Site site = pools.home();
            if (!resident.database().equals(spec.name())) {
                ConnectionPool pool = silos.get(resident.database());
                if (pool == null) {
                    pool = PostgresPools.appPool(properties(resident.database()));
                    silos.put(resident.database(), pool);
                    register(resident.database());
                }
                site = new Site(resident.database(), pool, Site.PUBLIC);
            }
            sites.put(resident.tenant().id(), new Site(site.name(), site.pool(), resident.schema()));
        }
    }

    // What a service does at each of its sites, hourly and first of all: it looks whether the site keeps tenants apart.
    private void register(String database) throws SQLException {
        try (Connection migrator =
                DriverManager.getConnection(spec.cluster().jdbcUrl(database), roles.migrator(), spec.password())) {
            pools.proofKey().register(migrator, roles);
        }
    }

    /// What the verifier finds now in any of the databases.
    public List<Finding> findings() throws SQLException {
        for (String database : databases()) {
            register(database);
        }
        return pools.findings();
    }

    private final class Residences implements Sites {

        @Override
        public Mono<Site> of(TenantContext tenant) {
            return Mono.fromSupplier(() -> sites.get(tenant.id()));
        }

        @Override
        public Mono<Site> after(TenantContext tenant, Site left) {
            return of(tenant);
        }
    }

    public Spec spec() {
        return spec;
    }

    public List<Resident> residents() {
        return residents;
    }

    /// The databases, the home first.
    public List<String> databases() {
        return residents.stream().map(Resident::database).distinct().toList();
    }

    /// What a service binds of its own settings.
    public PostgresProperties properties(String database) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("weir.postgres.host", spec.cluster().host());
        settings.put("weir.postgres.port", spec.cluster().port());
        settings.put("weir.postgres.database", database);
        for (String role : List.of("app", "platform", "migrator")) {
            settings.put("weir.postgres." + role + ".username", spec.name() + "_" + role);
            settings.put("weir.postgres." + role + ".password", spec.password());
        }
        settings.put("weir.postgres.pool.max-size", spec.connections());
        settings.put("weir.postgres.pool.platform-max-size", 1);
        settings.put("weir.postgres.pool.max-pending", 400);
        settings.put("weir.postgres.pool.max-acquire-time", "10s");
        return new Binder(new MapConfigurationPropertySource(settings))
                .bind("weir.postgres", Bindable.of(PostgresProperties.class))
                .get();
    }

    /// The one entry point that services have.
    public TenantTransaction transaction() {
        return transaction;
    }

    /// Placed rows, read the way services read them, with the resident in the context.
    public <T> Flux<T> read(Resident resident, Function<DatabaseClient, Flux<T>> work) {
        return transaction.placedRead(work).contextWrite(TenantScope.entering(resident.tenant()));
    }

    /// Placed rows, written the way services write them.
    public <T> Mono<T> write(Resident resident, Function<DatabaseClient, Mono<T>> work) {
        return transaction.placed(work).contextWrite(TenantScope.entering(resident.tenant()));
    }

    /// A transaction of the login role that the resident's statements run as, entered with what its own transactions
    /// are entered with: its id and, where there is one, the proof that belongs to it.
    public Session session(Resident resident) throws SQLException {
        List<String> entered = read(
                        resident,
                        client -> client.sql("SELECT current_setting('weir.tenant_id', true),"
                                        + " coalesce(current_setting('weir.tenant_proof', true), '')")
                                .map(row -> Column.first(row, String.class) + "|" + row.get(1, String.class))
                                .all())
                .collectList()
                .blockOptional(WAIT)
                .orElseThrow();
        String[] parts = entered.getFirst().split("\\|", 2);
        Connection connection = asApp(resident);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config('weir.tenant_id', '" + parts[0] + "', true),"
                    + " set_config('weir.tenant_proof', '" + parts[1] + "', true),"
                    + " set_config('search_path', '" + resident.schema() + "', true)");
        }
        return new Session(connection);
    }

    /// As [#session], where nobody has entered.
    public Session anonymous(Resident resident) throws SQLException {
        Connection connection = asApp(resident);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config('search_path', '" + resident.schema() + "', true)");
        }
        return new Session(connection);
    }

    private Connection asApp(Resident resident) throws SQLException {
        Connection connection =
                DriverManager.getConnection(spec.cluster().jdbcUrl(resident.database()), roles.app(), spec.password());
        connection.setAutoCommit(false);
        return connection;
    }

    /// Runs statements as the superuser where the resident's rows are.
    public void asSuperuser(Resident resident, String... statements) throws SQLException {
        superuser.run(resident, statements);
    }

    /// What a query answers to the superuser in the resident's schema: its first column.
    public List<String> asSuperuserRead(Resident resident, String query) throws SQLException {
        return superuser.read(resident, query);
    }

    /// Puts the rows of the home's shared tables back, whatever an attack that succeeded has made of them.
    public void refill() throws SQLException {
        new Tables(spec, roles).refill(residents);
    }

    /// Everything in the home database that keeps tenants apart, a line each, and whether rows are as they were
    /// made: two of these differ where something was left behind.
    public List<String> safeguards() throws SQLException {
        return superuser.safeguards();
    }

    /// Ends every connection of the login role, and waits until the pool has new ones.
    public void reconnect() throws SQLException {
        spec.cluster()
                .run(
                        spec.name(),
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND usename = '" + roles.app() + "'");
        // One after the other, the dead ones fail and are thrown away.
        for (int attempt = 0; attempt < 4 * spec.connections() + 4; attempt++) {
            boolean alive = Boolean.TRUE.equals(read(
                            residents.getFirst(),
                            client -> client.sql("SELECT 1").map(row -> true).all())
                    .onErrorReturn(false)
                    .blockLast(WAIT));
            if (alive && attempt >= spec.connections()) {
                return;
            }
        }
        throw new IllegalStateException("the pool has no new connections");
    }

    /// Closes the pools; the databases stay.
    public void detach() {
        silos.values().forEach(pool -> pool.disposeLater().onErrorComplete().block(WAIT));
        pools.stop();
        superuser.close();
    }

    /// Closes the pools and drops the databases with their roles.
    @Override
    public void close() throws SQLException {
        detach();
        for (String database : databases().reversed()) {
            spec.cluster().run("postgres", "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
        }
        superuser.dropRoles();
        superuser.close();
    }
}
