package io.weir.r2dbc.placement;

import io.weir.r2dbc.Site;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// The rows of the registry of placements, over a connection of the mover to the service's own database.
public final class PlacementRegistry {

    private static final String DATABASES = "SELECT " + SiteDatabase.COLUMNS + " FROM placement.database d ";

    private PlacementRegistry() {}

    /// Makes the service's own database known, with its cap as it is configured now.
    static void registerHome(Connection home, SiteDatabase own, int cap) throws SQLException {
        Jdbc.update(home, """
                INSERT INTO placement.database (name, kind, database, cap, state) VALUES (?, 'home', ?, ?, 'open')
                ON CONFLICT (name) DO UPDATE SET database = excluded.database, cap = excluded.cap""", own.name(), own.database(), cap);
        Jdbc.update(
                home,
                "UPDATE placement.database SET cap = ? WHERE kind = 'bridge' AND cap IS DISTINCT FROM ?",
                cap,
                cap);
    }

    /// Those that take tenants' schemas, the oldest first.
    static List<SiteDatabase> bridges(Connection home) throws SQLException {
        return Jdbc.list(
                home,
                SiteDatabase::of,
                DATABASES + "WHERE d.kind IN ('home', 'bridge') AND d.state = 'open' ORDER BY d.created_at, d.name");
    }

    static int countBridges(Connection home) throws SQLException {
        return Jdbc.first(
                        home,
                        row -> row.getInt(1),
                        "SELECT count(*) FROM placement.database WHERE kind IN ('home', 'bridge')")
                .orElse(0);
    }

    /// How many schemas of tenants a database holds or has promised to.
    static int used(Connection home, String site) throws SQLException {
        return Jdbc.first(home, row -> row.getInt(1), """
                SELECT (SELECT count(*) FROM placement.site WHERE site = ? AND placement = 'bridge')
                     + (SELECT count(*) FROM placement.move WHERE to_site = ? AND target = 'bridge' AND ended_at IS NULL
                        AND switched_at IS NULL)""", site, site).orElse(0);
    }

    /// Throws [IllegalStateException] where there is none of that name.
    public static SiteDatabase database(Connection home, String name) throws SQLException {
        return find(home, name)
                .orElseThrow(() -> new IllegalStateException("the registry knows no database '" + name + "'"));
    }

    /// As [#database], where it may have been removed.
    public static Optional<SiteDatabase> find(Connection home, String name) throws SQLException {
        return Jdbc.first(home, SiteDatabase::of, DATABASES + "WHERE d.name = ?", name);
    }

    /// Notes one that is about to be made.
    static void announce(Connection home, SiteDatabase site) throws SQLException {
        Jdbc.update(home, """
                INSERT INTO placement.database (name, kind, host, port, database, cap, state)
                VALUES (?, ?, ?, ?::int, ?, ?::int, 'preparing') ON CONFLICT (name) DO NOTHING""", site.name(), site.kind().word(), site.host(), site.port(), site.database(), site.cap());
    }

    static void open(Connection home, String site) throws SQLException {
        Jdbc.update(home, "UPDATE placement.database SET state = 'open' WHERE name = ?", site);
    }

    public static void remove(Connection home, String site) throws SQLException {
        Jdbc.update(home, "DELETE FROM placement.database WHERE name = ?", site);
    }

    /// Where the tenant is; the pool where nothing else is known.
    public static Location location(Connection home, TenantId tenant) throws SQLException {
        return Jdbc.first(
                        home,
                        PlacementRegistry::location,
                        "SELECT site, schema_name, placement, epoch FROM placement.site WHERE tenant = ?"
                                + " AND state = 'active'",
                        tenant.value())
                .orElse(Location.POOL);
    }

    /// Whether a move or its provisioning has brought the tenant to that place, and none has taken it from there.
    public static boolean isAt(Connection home, TenantId tenant, String site, String schema) throws SQLException {
        return Jdbc.first(
                        home,
                        row -> row.getInt(1),
                        "SELECT 1 FROM placement.site WHERE tenant = ? AND site = ? AND schema_name = ?"
                                + " AND state = 'active'",
                        tenant.value(),
                        site,
                        schema)
                .isPresent();
    }

    /// Notes where a tenant will be that does not exist yet.
    static void reserve(Connection home, TenantId tenant, Location location) throws SQLException {
        Jdbc.update(
                home,
                """
                INSERT INTO placement.site (tenant, site, schema_name, placement, epoch, state)
                VALUES (?, ?, ?, ?, ?, 'preparing')""",
                tenant.value(),
                location.site(),
                location.schema(),
                location.placement().wireName(),
                location.epoch());
    }

    /// Forgets the reservations of a schema that others made and did not complete: the schema is the tenant's now.
    /// True where it belongs to another tenant already.
    static boolean takeOver(Connection home, TenantId tenant, String schema) throws SQLException {
        if (schema.equals(Site.PUBLIC)) {
            return false;
        }
        Jdbc.update(home, "DELETE FROM placement.site WHERE schema_name = ? AND state = 'preparing'", schema);
        return Jdbc.first(
                        home,
                        row -> row.getInt(1),
                        "SELECT 1 FROM placement.site WHERE schema_name = ? AND tenant <> ?",
                        schema,
                        tenant.value())
                .isPresent();
    }

    /// The reservation of a tenant that does not exist yet, locked until the transaction ends.
    static Optional<Orphan> lockReserved(Connection home, TenantId tenant) throws SQLException {
        return Jdbc.first(
                home,
                PlacementRegistry::orphan,
                "SELECT * FROM placement.site WHERE tenant = ? AND state = 'preparing' FOR UPDATE",
                tenant.value());
    }

    /// Forgets a reservation that did not become a tenant.
    static void release(Connection home, TenantId tenant) throws SQLException {
        Jdbc.update(home, "DELETE FROM placement.site WHERE tenant = ? AND state = 'preparing'", tenant.value());
    }

    /// Says that the tenant is elsewhere from now on.
    public static void place(Connection home, TenantId tenant, Location location) throws SQLException {
        Jdbc.update(
                home,
                """
                INSERT INTO placement.site (tenant, site, schema_name, placement, epoch, state)
                VALUES (?, ?, ?, ?, ?, 'active')
                ON CONFLICT (tenant) DO UPDATE SET site = excluded.site, schema_name = excluded.schema_name,
                    placement = excluded.placement, epoch = excluded.epoch, changed_at = now()""",
                tenant.value(),
                location.site(),
                location.schema(),
                location.placement().wireName(),
                location.epoch());
    }

    /// A reservation that nobody completed.
    record Orphan(TenantId tenant, String site, String schema, Placement placement) {}

    static List<Orphan> orphans(Connection home, Duration older) throws SQLException {
        return Jdbc.list(
                home,
                PlacementRegistry::orphan,
                "SELECT * FROM placement.site WHERE state = 'preparing' AND changed_at < now() - ?::interval",
                older.toString());
    }

    /// Silos that nobody lives in and nobody moves to: what a crash left.
    static List<SiteDatabase> emptySilos(Connection home, Duration older) throws SQLException {
        return Jdbc.list(home, SiteDatabase::of, DATABASES + """
                WHERE d.kind = 'silo' AND d.created_at < now() - ?::interval
                    AND NOT EXISTS (SELECT 1 FROM placement.site s WHERE s.site = d.name)
                    AND NOT EXISTS (SELECT 1 FROM placement.move m WHERE NOT m.cleared
                        AND d.name IN (m.from_site, m.to_site))""", older.toString());
    }

    private static Orphan orphan(ResultSet row) throws SQLException {
        return new Orphan(
                new TenantId(row.getObject("tenant", UUID.class)),
                row.getString("site"),
                row.getString("schema_name"),
                placement(row));
    }

    private static Location location(ResultSet row) throws SQLException {
        return new Location(row.getString("site"), row.getString("schema_name"), placement(row), row.getLong("epoch"));
    }

    private static Placement placement(ResultSet row) throws SQLException {
        return Placement.valueOf(row.getString("placement").toUpperCase(Locale.ROOT));
    }
}
