package io.weir.r2dbc;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import org.jspecify.annotations.Nullable;

/// Reads columns that are declared `NOT NULL`, and writes those that are not.
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

    /// To be bound where a value may be absent.
    public static <T> Parameter parameter(@Nullable T value, Class<T> type) {
        return value == null ? Parameters.in(type) : Parameters.in(value);
    }
}
