package io.weir.tenant.lifecycle;

import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.move.PlacedRows;
import io.weir.tenancy.TenantId;
import java.sql.SQLException;
import java.util.Map;
import org.springframework.stereotype.Component;

/// The placed rows of a tenant that is being erased, wherever they are. Blocks.
@Component
final class PlacedErasure {

    private final PlacedRows rows;

    PlacedErasure(PostgresProperties postgres, PostgresPools pools) {
        this.rows = new PlacedRows(new SiteConnections(postgres), pools.proofKey());
    }

    /// How many there are, by table.
    Map<String, Long> count(TenantId tenant) throws SQLException {
        return rows.count(tenant);
    }

    /// Deletes them, with the schema or the database that was the tenant's alone. May be repeated.
    void erase(TenantId tenant) throws SQLException {
        rows.erase(tenant);
    }
}
