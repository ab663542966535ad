package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.ReplicationSlotInfo;

/// The source's record of a tenant's changes: a publication of its rows only, and a replication slot that keeps the
/// log from where the copy was taken. Both are named after the move and are dropped at its end.
///
/// @param name of both
record ChangeSlot(String name) {

    /// How every slot of a move begins.
    static final String PREFIX = "weir_move_";

    // After so many messages a look at the log ends with the transaction that it is in.
    private static final int AT_ONCE = 2_000;

    /// Where the log is, and a snapshot of exactly that instant, which lives as long as the connection that made it.
    record Opened(long position, String snapshot) {}

    static ChangeSlot of(UUID move) {
        return new ChangeSlot(PREFIX + move.toString().replace("-", ""));
    }

    /// @param owner a connection to the source as the tables' owner
    void publish(Connection owner, String schema, List<PlacedTable> tables, TenantId tenant) throws SQLException {
        unpublish(owner);
        String filter = " WHERE (tenant_id = '" + tenant.value() + "')";
        Jdbc.run(
                owner,
                "CREATE PUBLICATION " + name + " FOR TABLE "
                        + tables.stream()
                                .map(table -> table.in(schema) + filter)
                                .collect(Collectors.joining(", "))
                        + " WITH (publish_via_partition_root = true)");
    }

    void unpublish(Connection owner) throws SQLException {
        Jdbc.run(owner, "DROP PUBLICATION IF EXISTS " + name);
    }

    /// @param replication a connection in replication mode, to be kept open until the snapshot is in use
    Opened open(Connection replication) throws SQLException {
        ReplicationSlotInfo slot = replication
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .createReplicationSlot()
                .logical()
                .withSlotName(name)
                .withOutputPlugin("pgoutput")
                .make();
        String snapshot = slot.getSnapshotName();
        if (snapshot == null) {
            throw new SQLException("the server made replication slot " + name + " without a snapshot");
        }
        return new Opened(slot.getConsistentPoint().asLong(), snapshot);
    }

    boolean exists(Connection mover) throws SQLException {
        return Jdbc.first(
                        mover,
                        row -> row.getInt(1),
                        "SELECT 1 FROM pg_replication_slots WHERE slot_name = ? AND wal_status <> 'lost'",
                        name)
                .isPresent();
    }

    void drop(Connection mover) throws SQLException {
        Jdbc.list(
                mover,
                row -> row.getString(1),
                "SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots WHERE slot_name = ?",
                name);
    }

    /// Some transactions after where the slot stands.
    ///
    /// @param whole nothing that had been committed before the look lies behind them
    record Glance(List<Change.Committed> committed, boolean whole) {}

    Glance peek(Connection mover) throws SQLException {
        PgOutputReader reader = new PgOutputReader();
        List<byte[]> messages = Jdbc.list(
                mover,
                row -> row.getBytes(1),
                "SELECT data FROM pg_logical_slot_peek_binary_changes(?, NULL, ?, 'proto_version', '1',"
                        + " 'publication_names', ?)",
                name,
                AT_ONCE,
                name);
        messages.forEach(reader::read);
        // The server counts messages, and those that begin, end and describe are among them.
        return new Glance(reader.committed(), messages.size() < AT_ONCE);
    }

    /// Lets the server forget what lies before the position.
    void advance(Connection mover, long position) throws SQLException {
        Jdbc.list(
                mover,
                row -> row.getString(1),
                "SELECT (pg_replication_slot_advance(?, ?::pg_lsn)).end_lsn::text",
                name,
                LogSequenceNumber.valueOf(position).asString());
    }

    /// Where the log ends for sure: everything committed before the call lies before it.
    static long logEnd(Connection mover) throws SQLException {
        // The message's own commit flushes what others left to the background writer.
        Jdbc.list(mover, row -> row.getString(1), "SELECT pg_logical_emit_message(true, 'weir', 'move')::text");
        return Jdbc.first(
                        mover,
                        row -> LogSequenceNumber.valueOf(row.getString(1)).asLong(),
                        "SELECT pg_current_wal_flush_lsn()::text")
                .orElseThrow();
    }
}
