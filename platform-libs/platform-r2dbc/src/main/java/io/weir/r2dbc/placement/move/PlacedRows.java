package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.ProofKey;
import io.weir.r2dbc.Site;
import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.Location;
import io.weir.r2dbc.placement.PlacementRegistry;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.SiteDatabase;
import io.weir.r2dbc.placement.SiteKind;
import io.weir.r2dbc.placement.SiteMaker;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// All placed rows of one tenant that leaves, wherever they are. Nobody may write any more. Blocks; may be repeated.
public final class PlacedRows {

    private static final int CHUNK = 5_000;

    private final SiteConnections connections;
    private final ProofKey key;

    public PlacedRows(SiteConnections connections, ProofKey key) {
        this.connections = connections;
        this.key = key;
    }

    /// How many there are, by table.
    public Map<String, Long> count(TenantId tenant) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        try (Connection home = connections.mover(connections.home())) {
            Location location = PlacementRegistry.location(home, tenant);
            Optional<SiteDatabase> site = site(home, location);
            if (site.isPresent()) {
                try (Connection rows = connections.mover(site.get())) {
                    count(rows, location.schema(), tenant, counts);
                }
            }
        }
        return counts;
    }

    private void count(Connection rows, String schema, TenantId tenant, Map<String, Long> counts) throws SQLException {
        key.enter(rows, tenant);
        for (PlacedTable table :
                PlacedTable.of(rows, schema, connections.roles().mover())) {
            counts.put(
                    table.name(),
                    Jdbc.first(
                                    rows,
                                    row -> row.getLong(1),
                                    "SELECT count(*) FROM " + table.in(schema) + " WHERE tenant_id = ?",
                                    tenant.value())
                            .orElse(0L));
        }
    }

    /// Deletes them, and the schema or the database that was the tenant's alone. Who would write later is turned away,
    /// for good. Throws [IllegalStateException] while a move of the tenant has not ended: its other end has rows.
    public void erase(TenantId tenant) throws SQLException {
        try (Connection home = connections.mover(connections.home())) {
            demandNoMove(home, tenant);
            Ends.markDeparted(home, tenant, Site.PUBLIC);
            Location location = PlacementRegistry.location(home, tenant);
            SiteDatabase site = site(home, location).orElse(null);
            if (site != null) {
                clear(site, location.schema(), tenant);
            }
            Jdbc.inTransaction(home, () -> {
                Jdbc.update(home, "DELETE FROM placement.site WHERE tenant = ?", tenant.value());
                if (site != null && site.kind() == SiteKind.SILO) {
                    PlacementRegistry.remove(home, site.name());
                }
            });
        }
    }

    private static void demandNoMove(Connection home, TenantId tenant) throws SQLException {
        boolean moves = Jdbc.first(
                        home,
                        row -> row.getBoolean(1),
                        "SELECT EXISTS (SELECT 1 FROM placement.move WHERE tenant = ?"
                                + " AND (ended_at IS NULL OR (state = 'failed' AND NOT cleared)))",
                        tenant.value())
                .orElse(false);
        if (moves) {
            throw new IllegalStateException("a move of the tenant has not ended, and the erasure waits for it");
        }
    }

    private void clear(SiteDatabase site, String schema, TenantId tenant) throws SQLException {
        SiteMaker maker = new SiteMaker(connections, key);
        // A database of another cluster is its operator's: only the rows are ours.
        if (site.kind() == SiteKind.SILO && site.host() == null) {
            maker.dropDatabase(site);
            return;
        }
        maker.register(site);
        try (Connection rows = connections.mover(site)) {
            Ends.markDeparted(rows, tenant, schema);
            awaitWriters(rows, tenant);
            if (schema.equals(Site.PUBLIC)) {
                delete(rows, schema, tenant);
            }
        }
        if (!schema.equals(Site.PUBLIC)) {
            maker.dropSchema(site, schema);
        }
    }

    // Those that began before they could be turned away. Who comes now finds the mark.
    private static void awaitWriters(Connection rows, TenantId tenant) throws SQLException {
        Jdbc.inTransaction(rows, () -> {
            Jdbc.run(rows, "SET LOCAL lock_timeout = '10s'");
            Jdbc.list(rows, row -> "", "SELECT pg_advisory_xact_lock(tenant.lock_key(?))", tenant.value());
        });
    }

    private void delete(Connection rows, String schema, TenantId tenant) throws SQLException {
        key.enter(rows, tenant);
        Ends.demandSight(rows, tenant);
        for (PlacedTable table :
                PlacedTable.of(rows, schema, connections.roles().mover()).reversed()) {
            String sql =
                    "DELETE FROM " + table.in(schema) + " WHERE tenant_id = ? AND ctid = ANY (ARRAY(SELECT ctid FROM "
                            + table.in(schema) + " WHERE tenant_id = ? LIMIT " + CHUNK + "))";
            do {
                key.enter(rows, tenant);
            } while (Jdbc.update(rows, sql, tenant.value(), tenant.value()) > 0);
        }
    }

    // None where a former attempt removed the tenant's own.
    private Optional<SiteDatabase> site(Connection home, Location location) throws SQLException {
        return location.site().equals(Site.HOME)
                ? Optional.of(connections.home())
                : PlacementRegistry.find(home, location.site());
    }
}
