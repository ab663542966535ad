package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A table whose rows move with their tenant.
///
/// @param key the columns of its primary key
record PlacedTable(String name, List<Column> columns, List<String> key) {

    /// @param type as SQL writes it
    record Column(String name, String type) {}

    private record Found(long oid, String name, Set<Long> parents) {}

    // The policy for the mover is what makes a table a placed one: without it no row of it could move.
    private static final String TABLES = """
            SELECT c.oid, c.relname, ARRAY(
                SELECT k.confrelid::bigint FROM pg_constraint k
                WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS parents
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND EXISTS (SELECT 1 FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
                    WHERE p.polrelid = c.oid AND r.rolname = ?)
            ORDER BY c.relname""";

    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
            WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            ORDER BY a.attnum""";

    private static final String KEY = """
            SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = ?::oid AND i.indisprimary ORDER BY k.place""";

    /// The placed tables of a schema, each after those that it refers to.
    /// Throws [MoveFailedException] for one without a primary key: its changes could not be told apart.
    static List<PlacedTable> of(Connection connection, String schema, String mover) throws SQLException {
        List<Found> left = new ArrayList<>(Jdbc.list(
                connection,
                row -> new Found(row.getLong(1), row.getString(2), new HashSet<>(List.of((Long[])
                        row.getArray(3).getArray()))),
                TABLES,
                schema,
                mover));
        Set<Long> open = left.stream().map(Found::oid).collect(Collectors.toCollection(HashSet::new));
        List<PlacedTable> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            Found next = left.stream()
                    .filter(table -> table.parents().stream().noneMatch(open::contains))
                    .findFirst()
                    .orElse(left.getFirst());
            left.remove(next);
            open.remove(next.oid());
            ordered.add(described(connection, next));
        }
        return ordered;
    }

    private static PlacedTable described(Connection connection, Found table) throws SQLException {
        List<Column> columns =
                Jdbc.list(connection, row -> new Column(row.getString(1), row.getString(2)), COLUMNS, table.oid());
        List<String> key = Jdbc.list(connection, row -> row.getString(1), KEY, table.oid());
        if (key.isEmpty()) {
            throw new MoveFailedException(
                    "table " + table.name() + " has no primary key (expected: one that begins" + " with tenant_id)");
        }
        return new PlacedTable(table.name(), columns, key);
    }

    String in(String schema) {
        return Jdbc.quoted(schema) + "." + Jdbc.quoted(name);
    }

    String columnList() {
        return columns.stream().map(column -> Jdbc.quoted(column.name())).collect(Collectors.joining(", "));
    }

    String keyList() {
        return key.stream().map(Jdbc::quoted).collect(Collectors.joining(", "));
    }
}
