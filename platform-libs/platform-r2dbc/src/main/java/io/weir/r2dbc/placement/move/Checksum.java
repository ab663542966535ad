package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a tenant's rows of a table amount to, whatever their order: how many there are, and the sums of both halves of
/// their MD5 digests. Against accidents, not against somebody who writes rows to collide.
///
/// @param sums of the high and the low half
record Checksum(long rows, String sums) {

    /// Of each table, as the connection's tenant sees it.
    static Map<String, Checksum> of(Connection connection, String schema, List<PlacedTable> tables, TenantId tenant)
            throws SQLException {
        Map<String, Checksum> all = new LinkedHashMap<>();
        for (PlacedTable table : tables) {
            all.put(table.name(), of(connection, schema, table, tenant));
        }
        return all;
    }

    private static Checksum of(Connection connection, String schema, PlacedTable table, TenantId tenant)
            throws SQLException {
        String sql = """
                SELECT count(*), concat(sum(('x' || left(digest, 16))::bit(64)::bigint), '/',
                    sum(('x' || right(digest, 16))::bit(64)::bigint))
                FROM (SELECT md5(ROW(%s)::text) AS digest FROM %s WHERE tenant_id = ?) AS digests""".formatted(table.columnList(), table.in(schema));
        return Jdbc.first(connection, row -> new Checksum(row.getLong(1), row.getString(2)), sql, tenant.value())
                .orElseThrow();
    }
}
