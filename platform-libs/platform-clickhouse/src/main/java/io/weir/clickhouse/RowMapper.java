package io.weir.clickhouse;

/// Makes a value of one row of an answer.
@FunctionalInterface
public interface RowMapper<T> {

    T map(Row row);
}
