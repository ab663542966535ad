package io.weir.proof.guard;

import io.weir.proof.ground.Cluster;
import io.weir.r2dbc.DatabaseBootstrap;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.TenantTransaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// One database with the rows of many tenants, and two ways to them: as a service reaches them, and as a role that no
/// policy binds, with the same driver, pool and transaction.
final class GuardGround implements AutoCloseable {

    private static final String PASSWORD = "guard-cost";
    private static final int CHUNK = 500;

    private final Cluster cluster;
    private final String name;
    private final int tenants;
    private final int rowsEach;
    private final PostgresPools guarded;
    private final PostgresPools plain;
    private final TenantTransaction guardedTransaction;
    private final PlatformTransaction plainTransaction;

    GuardGround(Cluster cluster, String name, int tenants, int rowsEach) throws SQLException {
        this.cluster = cluster;
        this.name = name;
        this.tenants = tenants;
        this.rowsEach = rowsEach;
        DatabaseBootstrap.create(
                cluster.jdbcUrl("postgres"),
                cluster.superuser(),
                cluster.password(),
                name,
                Map.of("app", PASSWORD, "platform", PASSWORD, "migrator", PASSWORD));
        this.guarded = new PostgresPools(properties("platform"));
        this.plain = new PostgresPools(properties("plain"));
        this.guardedTransaction = guarded.tenantTransaction();
        this.plainTransaction = plain.platformTransaction();
    }

    /// Makes the rows. Takes minutes for millions.
    void fill(Consumer<String> progress) throws SQLException {
        guarded.start();
        cluster.run(name, "SET ROLE " + name + "_owner", script());
        for (int first = 0; first < tenants; first += CHUNK) {
            cluster.run(name, "SET synchronous_commit = off", rows(first, Math.min(CHUNK, tenants - first)));
            progress.accept("%,d of %,d rows"
                    .formatted((long) Math.min(first + CHUNK, tenants) * rowsEach, (long) tenants * rowsEach));
        }
        progress.accept("keys and indexes");
        cluster.run(
                name,
                "SET ROLE " + name + "_owner",
                "SET maintenance_work_mem = '1GB'",
                "ALTER TABLE call ADD PRIMARY KEY (tenant_id, call_id)",
                "CREATE INDEX call_cost ON call (tenant_id, cost_micros)",
                "SELECT tenant.protect('call', searched => true)",
                "SELECT tenant.search_function('search_words', 'call', 'query text',"
                        + " 'words @@ plainto_tsquery(''simple'', query)', 'call_id')",
                "SELECT tenant.search_function('search_facts', 'call', 'wanted jsonb', 'facts @> wanted', 'call_id')");
        cluster.run(
                name,
                "VACUUM (ANALYZE) call",
                "CREATE ROLE " + name + "_plain LOGIN BYPASSRLS PASSWORD '" + PASSWORD + "'",
                "GRANT CONNECT ON DATABASE " + name + " TO " + name + "_plain",
                "GRANT USAGE ON SCHEMA public TO " + name + "_plain",
                "GRANT SELECT, INSERT ON call TO " + name + "_plain");
    }

    /// As services reach tenants' rows.
    TenantTransaction guardedTransaction() {
        return guardedTransaction;
    }

    /// Those of the role without policies.
    PlatformTransaction plainTransaction() {
        return plainTransaction;
    }

    static UUID tenant(int number) {
        return UUID.fromString("0195a0c0-0000-7000-8000-%012d".formatted(number));
    }

    private String rows(int first, int count) {
        return "INSERT INTO call SELECT ('0195a0c0-0000-7000-8000-' || lpad(t::text, 12, '0'))::uuid, n,"
                + " timestamptz '2026-11-01' + n * interval '37 s', 'model-' || n % 7, n * 0.00013, n * 130,"
                + " jsonb_build_object('team', n % 40, 'user', 'u' || n % 200),"
                + " 'prompt number ' || n || ' about subject' || n % 300,"
                + " ('prompt:1 about:2 subject' || n % 300 || ':3')::tsvector"
                + " FROM generate_series(" + first + ", " + (first + count - 1) + ") t, generate_series(1, " + rowsEach
                + ") n";
    }

    private PostgresProperties properties(String platform) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("weir.postgres.host", cluster.host());
        settings.put("weir.postgres.port", cluster.port());
        settings.put("weir.postgres.database", name);
        for (String role : List.of("app", "platform", "migrator")) {
            String login = role.equals("platform") ? platform : role;
            settings.put("weir.postgres." + role + ".username", name + "_" + login);
            settings.put("weir.postgres." + role + ".password", PASSWORD);
        }
        settings.put("weir.postgres.pool.max-size", 1);
        settings.put("weir.postgres.pool.platform-max-size", 1);
        settings.put("weir.postgres.pool.max-acquire-time", "30s");
        settings.put("weir.postgres.pool.statement-timeout", "60s");
        return new Binder(new MapConfigurationPropertySource(settings))
                .bind("weir.postgres", Bindable.of(PostgresProperties.class))
                .get();
    }

    private static String script() {
        try (InputStream in = GuardGround.class.getResourceAsStream("/proof/guard.sql")) {
            if (in == null) {
                throw new IllegalStateException("no script guard.sql");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        guarded.stop();
        plain.stop();
    }
}
