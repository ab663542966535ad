package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Copies a tenant's rows as one snapshot shows them, in the order of their keys. Reads and writes under row security.
///
/// @param source in a transaction that has the snapshot, entered as the tenant
/// @param target entered as the tenant, committing by itself
record SnapshotCopy(TenantId tenant, Connection source, String sourceSchema, Connection target, String targetSchema) {

    private static final int BATCH = 1_000;

    /// Told how many rows a batch had.
    @FunctionalInterface
    interface Progress {
        void accept(long rows) throws SQLException;
    }

    /// Tells `copied` the number of rows after each batch.
    void copy(PlacedTable table, Progress copied) throws SQLException {
        try (PreparedStatement read = source.prepareStatement(selection(table));
                PreparedStatement write = target.prepareStatement(insertion(table))) {
            read.setFetchSize(BATCH);
            read.setObject(1, tenant.value());
            List<@Nullable String[]> rows = new ArrayList<>(BATCH);
            try (ResultSet answer = read.executeQuery()) {
                while (answer.next()) {
                    rows.add(row(answer, table.columns().size()));
                    if (rows.size() == BATCH) {
                        write(write, rows, table, copied);
                    }
                }
            }
            write(write, rows, table, copied);
        }
    }

    private void write(PreparedStatement write, List<@Nullable String[]> rows, PlacedTable table, Progress copied)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        for (int column = 0; column < table.columns().size(); column++) {
            @Nullable String[] values = new String[rows.size()];
            for (int row = 0; row < values.length; row++) {
                values[row] = rows.get(row)[column];
            }
            write.setArray(column + 1, target.createArrayOf("text", values));
        }
        write.executeUpdate();
        copied.accept(rows.size());
        rows.clear();
    }

    private String selection(PlacedTable table) {
        return "SELECT "
                + table.columns().stream()
                        .map(column -> Jdbc.quoted(column.name()) + "::text")
                        .collect(Collectors.joining(", "))
                + " FROM " + table.in(sourceSchema) + " WHERE tenant_id = ? ORDER BY " + table.keyList();
    }

    private String insertion(PlacedTable table) {
        int count = table.columns().size();
        String casts = IntStream.range(0, count)
                .mapToObj(i -> "c" + i + "::" + table.columns().get(i).type())
                .collect(Collectors.joining(", "));
        String arrays = IntStream.range(0, count).mapToObj(i -> "?").collect(Collectors.joining(", "));
        String names = IntStream.range(0, count).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        return "INSERT INTO " + table.in(targetSchema) + " (" + table.columnList() + ") OVERRIDING SYSTEM VALUE SELECT "
                + casts + " FROM unnest(" + arrays + ") AS rows (" + names + ")";
    }

    private static @Nullable String[] row(ResultSet answer, int columns) throws SQLException {
        @Nullable String[] row = new String[columns];
        for (int i = 0; i < columns; i++) {
            row[i] = answer.getString(i + 1);
        }
        return row;
    }
}
