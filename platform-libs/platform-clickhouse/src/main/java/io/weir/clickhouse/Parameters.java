package io.weir.clickhouse;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Query parameters in the forms that the driver writes and the server parses. The driver escapes texts.
final class Parameters {

    /// What a server takes for one parameter: its `http_max_field_value_size`, which no statement can change.
    static final int MOST_BYTES = 131_072;

    private Parameters() {}

    /// Throws [IllegalArgumentException] for one that no server takes.
    static Map<String, Object> written(Map<String, ?> parameters) {
        Map<String, Object> written = new HashMap<>();
        parameters.forEach((name, value) -> {
            Object text = value(name, value);
            demandShort(name, text);
            written.put(name, text);
        });
        return written;
    }

    private static void demandShort(String name, Object written) {
        long bytes = written instanceof List<?> texts
                ? texts.stream().mapToLong(text -> bytes((String) text)).sum()
                : bytes((String) written);
        if (bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "parameter " + name + ": " + bytes + " bytes (expected: at most " + MOST_BYTES + ")");
        }
    }

    /// Of a text in a list: in UTF-8, with quotes, escapes and a comma.
    static int bytes(String text) {
        int bytes = 3;
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            // Half of a pair stands for two of its four bytes.
            bytes += one < ' ' || one == '\'' || one == '\\'
                    ? 2
                    : one < 0x80 ? 1 : one < 0x800 || Character.isSurrogate(one) ? 2 : 3;
        }
        return bytes;
    }

    private static Object value(String name, Object value) {
        return switch (value) {
            case String text -> text;
            case UUID id -> id.toString();
            // As DateTime64(3, 'UTC') parses it.
            case Instant instant -> instant.toString().replace('T', ' ').replace("Z", "");
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case Collection<?> many -> texts(name, many);
            default -> throw refused(name, value);
        };
    }

    private static List<String> texts(String name, Collection<?> many) {
        return many.stream()
                .map(one -> switch (one) {
                    case String text -> text;
                    case UUID id -> id.toString();
                    default -> throw refused(name, one);
                })
                .toList();
    }

    private static IllegalArgumentException refused(String name, Object value) {
        return new IllegalArgumentException(
                "parameter " + name + ": " + value.getClass().getSimpleName()
                        + " (expected: text, UUID, instant, whole number, or a collection of texts or UUIDs)");
    }
}
