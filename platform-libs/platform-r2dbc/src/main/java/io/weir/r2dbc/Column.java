package io.weir.r2dbc;

import io.r2dbc.spi.Readable;

/// Reads columns that are declared `NOT NULL`.
public final class Column {

    private Column() {}

    /// Throws [IllegalStateException] naming the column when it is null after all.
    public static <T> T of(Readable row, String name, Class<T> type) {
        T value = row.get(name, type);
        if (value == null) {
            throw new IllegalStateException("column " + name + " is null (expected: a " + type.getSimpleName() + ")");
        }
        return value;
    }

    /// The first column, for statements that answer with one.
    public static <T> T first(Readable row, Class<T> type) {
        T value = row.get(0, type);
        if (value == null) {
            throw new IllegalStateException("the column is null (expected: a " + type.getSimpleName() + ")");
        }
        return value;
    }
}
