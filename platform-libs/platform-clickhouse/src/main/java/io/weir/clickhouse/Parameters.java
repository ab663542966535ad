package io.weir.clickhouse;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Query parameters in the forms that the driver writes and the server parses. The driver escapes texts.
final class Parameters {

    private Parameters() {}

    static Map<String, Object> written(Map<String, ?> parameters) {
        Map<String, Object> written = new HashMap<>();
        parameters.forEach((name, value) -> written.put(name, value(name, value)));
        return written;
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
