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

    /// Deletes them, and the schema or the database that was the tenant's alone.
    public void erase(TenantId tenant) throws SQLException {
        try (Connection home = connections.mover(connections.home())) {
            Location location = PlacementRegistry.location(home, tenant);
            Optional<SiteDatabase> site = site(home, location);
            if (site.isPresent()) {
                erase(home, site.get(), location.schema(), tenant);
            }
            Jdbc.update(home, "DELETE FROM placement.site WHERE tenant = ?", tenant.value());
        }
    }

    private void erase(Connection home, SiteDatabase site, String schema, TenantId tenant) throws SQLException {
        SiteMaker maker = new SiteMaker(connections, key);
        if (site.kind() == SiteKind.SILO) {
            maker.dropDatabase(site);
            PlacementRegistry.remove(home, site.name());
        } else if (!schema.equals(Site.PUBLIC)) {
            maker.dropSchema(site, schema);
        } else {
            try (Connection rows = connections.mover(site)) {
                delete(rows, schema, tenant);
            }
        }
    }

    private void delete(Connection rows, String schema, TenantId tenant) throws SQLException {
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
