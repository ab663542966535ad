package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Applies transactions of the source at the target, each exactly once: how far it came is kept at the target, in the
/// transaction that applies them.
///
/// @param target entered as the tenant
record ChangeApplier(UUID move, Connection target, String schema, Map<String, PlacedTable> tables) {

    /// How far the target is: the end of the last transaction that it has. A move begins with this.
    void begin(long position) throws SQLException {
        Jdbc.update(target, """
                INSERT INTO placement.arrival (move_id, applied) VALUES (?, ?)
                ON CONFLICT (move_id) DO UPDATE SET applied = excluded.applied""", move, position);
    }

    long applied() throws SQLException {
        return Jdbc.first(
                        target, row -> row.getLong(1), "SELECT applied FROM placement.arrival WHERE move_id = ?", move)
                .orElseThrow(() -> new MoveFailedException("the target has lost how far it was"));
    }

    /// Removes the record of a move.
    static void forget(Connection target, UUID move) throws SQLException {
        Jdbc.update(target, "DELETE FROM placement.arrival WHERE move_id = ?", move);
    }

    /// Applies those that the target does not have yet, and returns how many row changes they held.
    int apply(List<Change.Committed> committed) throws SQLException {
        long applied = applied();
        List<Change.Committed> news =
                committed.stream().filter(one -> one.end() > applied).toList();
        if (news.isEmpty()) {
            return 0;
        }
        int[] count = {0};
        Jdbc.inTransaction(target, () -> {
            try (Statements statements = new Statements(target)) {
                for (Change.Committed one : news) {
                    for (Change change : one.changes()) {
                        apply(statements, change);
                        count[0]++;
                    }
                }
            }
            begin(news.getLast().end());
        });
        return count[0];
    }

    private void apply(Statements statements, Change change) throws SQLException {
        PlacedTable table = tables.get(change.table());
        if (table == null) {
            throw new MoveFailedException("the source changed table " + change.table() + ", which the target has not");
        }
        String name = table.in(schema);
        int rows = switch (change) {
            case Change.Inserted inserted ->
                statements.run(insertion(name, inserted), inserted.values().values());
            case Change.Updated updated ->
                updated.values().isEmpty()
                        ? 1
                        : statements.run(
                                "UPDATE " + name + " SET " + assignments(updated.values(), ", ") + " WHERE "
                                        + assignments(updated.key(), " AND "),
                                updated.values().values(),
                                updated.key().values());
            case Change.Deleted deleted ->
                statements.run(
                        "DELETE FROM " + name + " WHERE " + assignments(deleted.key(), " AND "),
                        deleted.key().values());
        };
        if (rows != 1) {
            throw new MoveFailedException(
                    "a change of table " + change.table() + " met " + rows + " rows at the target (expected: 1)");
        }
    }

    private static String insertion(String name, Change.Inserted inserted) {
        return "INSERT INTO " + name + " ("
                + inserted.values().keySet().stream().map(Jdbc::quoted).collect(Collectors.joining(", "))
                + ") OVERRIDING SYSTEM VALUE VALUES ("
                + inserted.values().keySet().stream().map(column -> "?").collect(Collectors.joining(", "))
                + ")";
    }

    private static String assignments(Map<String, @Nullable String> values, String separator) {
        return values.keySet().stream()
                .map(column -> Jdbc.quoted(column) + " = ?")
                .collect(Collectors.joining(separator));
    }

    /// Prepared once per shape. Values go as text of no declared type: the server knows the columns' types.
    private static final class Statements implements AutoCloseable {

        private final Connection connection;
        private final Map<String, PreparedStatement> prepared = new HashMap<>();

        Statements(Connection connection) {
            this.connection = connection;
        }

        @SafeVarargs
        final int run(String sql, Collection<? extends @Nullable String>... values) throws SQLException {
            PreparedStatement statement = prepared.get(sql);
            if (statement == null) {
                statement = connection.prepareStatement(sql);
                prepared.put(sql, statement);
            }
            int place = 1;
            for (Collection<? extends @Nullable String> some : values) {
                for (String value : some) {
                    statement.setObject(place++, value, java.sql.Types.OTHER);
                }
            }
            return statement.executeUpdate();
        }

        @Override
        public void close() throws SQLException {
            for (PreparedStatement statement : prepared.values()) {
                statement.close();
            }
        }
    }
}
