package io.weir.clickhouse;

import io.weir.money.Amount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One row of an answer. Decimals and 64-bit numbers travel as text, so that none passes through a float.
/// Each method throws [IllegalArgumentException] naming the column when it is missing or of another type.
public final class Row {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JsonNode columns;

    private Row(JsonNode columns) {
        this.columns = columns;
    }

    static Row of(String json) {
        return new Row(JSON.readTree(json));
    }

    public String text(String column) {
        return present(column).asString();
    }

    /// Null where the column is NULL.
    public @Nullable String textOrNull(String column) {
        JsonNode value = columns.get(column);
        return value == null || value.isNull() ? null : value.asString();
    }

    /// Also for DateTime64(3) and Bool read as numbers.
    public long integer(String column) {
        return number(column, present(column).asString());
    }

    /// Null where the column is NULL.
    public @Nullable Long integerOrNull(String column) {
        String value = textOrNull(column);
        return value == null ? null : number(column, value);
    }

    public boolean flag(String column) {
        JsonNode value = present(column);
        return value.isBoolean() ? value.asBoolean() : number(column, value.asString()) != 0;
    }

    public Amount amount(String column) {
        return Amount.of(text(column));
    }

    public UUID uuid(String column) {
        return UUID.fromString(text(column));
    }

    public Instant instant(String column) {
        return Instant.parse(text(column));
    }

    /// Of an Array column, as text.
    public List<String> texts(String column) {
        List<String> values = new ArrayList<>();
        for (JsonNode value : present(column)) {
            values.add(value.asString());
        }
        return values;
    }

    /// Of a Map column with whole numbers, by key.
    public Map<String, Long> integersByKey(String column) {
        Map<String, Long> values = new TreeMap<>();
        present(column).forEachEntry((key, value) -> values.put(key, number(column, value.asString())));
        return values;
    }

    /// Of a Map column with texts, by key.
    public Map<String, String> textsByKey(String column) {
        Map<String, String> values = new TreeMap<>();
        present(column).forEachEntry((key, value) -> values.put(key, value.asString()));
        return values;
    }

    private JsonNode present(String column) {
        JsonNode value = columns.get(column);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("column " + column + ": none in " + columns);
        }
        return value;
    }

    private static long number(String column, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException other) {
            throw new IllegalArgumentException(
                    "column " + column + ": '" + text + "' (expected: a whole number)", other);
        }
    }
}
