package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.ProofKey;
import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.SiteDatabase;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Both ends of a move: connections of the mover to source and target, and what it does to either.
///
/// @param source entered as the tenant
/// @param target entered as the tenant
record Ends(
        Move move, SiteDatabase from, SiteDatabase to, Connection source, Connection target, ProofKey key, String mover)
        implements AutoCloseable {

    private static final int CHUNK = 5_000;

    static Ends open(Move move, SiteDatabase from, SiteDatabase to, SiteConnections connections, ProofKey key)
            throws SQLException {
        Connection source = connections.mover(from);
        try {
            Connection target = connections.mover(to);
            try {
                Ends ends = new Ends(
                        move, from, to, source, target, key, connections.roles().mover());
                ends.enter();
                return ends;
            } catch (SQLException | RuntimeException failed) {
                target.close();
                throw failed;
            }
        } catch (SQLException | RuntimeException failed) {
            source.close();
            throw failed;
        }
    }

    /// Renews what lets both connections see the tenant's rows: it holds for five minutes.
    void enter() throws SQLException {
        key.enter(source, move.tenant());
        key.enter(target, move.tenant());
    }

    /// The placed tables of both sides, which must be the same.
    List<PlacedTable> tables() throws SQLException {
        List<PlacedTable> here = PlacedTable.of(source, move.fromSchema(), mover);
        List<PlacedTable> there = PlacedTable.of(target, move.toSchema(), mover);
        if (!here.equals(there)) {
            throw new MoveFailedException("the placed tables of " + from + "/" + move.fromSchema() + " and " + to + "/"
                    + move.toSchema() + " differ (expected: the same migrations at both)");
        }
        return here;
    }

    ChangeApplier applier(List<PlacedTable> tables) {
        return new ChangeApplier(
                move.id(),
                target,
                move.toSchema(),
                tables.stream().collect(Collectors.toMap(PlacedTable::name, Function.identity())));
    }

    /// Turns writers of the tenant away from the source, but not readers.
    static void markDeparting(Connection source, Move move) throws SQLException {
        Jdbc.update(source, """
                INSERT INTO tenant.departed (tenant_id, schema_name, reads) VALUES (?, ?, false)
                ON CONFLICT (tenant_id, schema_name) DO UPDATE SET reads = false""", move.tenant().value(), move.fromSchema());
    }

    /// Turns everybody away.
    static void markDeparted(Connection connection, TenantId tenant, String schema) throws SQLException {
        Jdbc.update(connection, """
                INSERT INTO tenant.departed (tenant_id, schema_name, reads) VALUES (?, ?, true)
                ON CONFLICT (tenant_id, schema_name) DO UPDATE SET reads = true""", tenant.value(), schema);
    }

    static void unmark(Connection connection, TenantId tenant, String schema) throws SQLException {
        Jdbc.update(
                connection,
                "DELETE FROM tenant.departed WHERE tenant_id = ? AND schema_name = ?",
                tenant.value(),
                schema);
    }

    /// Deletes the tenant's rows in chunks, each a transaction of its own.
    static void deleteRows(Connection connection, String schema, List<PlacedTable> tables, Move move, ProofKey key)
            throws SQLException {
        key.enter(connection, move.tenant());
        demandSight(connection, move.tenant());
        for (PlacedTable table : tables.reversed()) {
            String sql =
                    "DELETE FROM " + table.in(schema) + " WHERE tenant_id = ? AND ctid = ANY (ARRAY(SELECT ctid FROM "
                            + table.in(schema) + " WHERE tenant_id = ? LIMIT " + CHUNK + "))";
            do {
                key.enter(connection, move.tenant());
            } while (Jdbc.update(
                            connection,
                            sql,
                            move.tenant().value(),
                            move.tenant().value())
                    > 0);
        }
    }

    // To a tenant whose proof does not hold, every table is empty.
    static void demandSight(Connection connection, TenantId tenant) throws SQLException {
        boolean sees = Jdbc.first(
                        connection, row -> row.getBoolean(1), "SELECT tenant.current_id() = ?", tenant.value())
                .orElse(false);
        if (!sees) {
            throw new SQLException("the database does not know this process's proof key");
        }
    }

    @Override
    public void close() throws SQLException {
        try (source) {
            target.close();
        }
    }
}
