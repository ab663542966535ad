package io.weir.analytics.call;

import io.weir.problem.PlatformException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Which requests count. Values travel as server-side parameters only.
///
/// @param byField values of which one must be met, for each field
/// @param byTag likewise, by the tag's name
public record Filters(Map<Field, List<String>> byField, Map<String, List<String>> byTag) {

    private static final int MOST_VALUES = 20;
    private static final int LONGEST = 200;

    /// What a filter is about; on attempts, provider and model are each attempt's own.
    public enum Field {
        PROVIDER("provider", "served_provider", "try_provider"),
        MODEL("model", "served_model", "try_model"),
        KEY("key", "key_id", "key_id"),
        OUTCOME("outcome", "outcome", "outcome"),
        ROUTE("routeReason", "route_reason", "route_reason");

        private final String parameter;
        private final String ofRequests;
        private final String ofAttempts;

        Field(String parameter, String ofRequests, String ofAttempts) {
            this.parameter = parameter;
            this.ofRequests = ofRequests;
            this.ofAttempts = ofAttempts;
        }

        private String variable() {
            return "only_" + name().toLowerCase(Locale.ROOT);
        }
    }

    /// The query parameters that are read.
    public static final Set<String> PARAMETERS = Set.of("provider", "model", "key", "outcome", "routeReason", "tag");

    /// Throws a 400 problem naming the parameter.
    ///
    /// @param values of a query parameter; empty where there is none
    public static Filters of(Function<String, List<String>> values) {
        Map<Field, List<String>> byField = new LinkedHashMap<>();
        for (Field field : Field.values()) {
            List<String> wanted = checked(field.parameter, values.apply(field.parameter));
            if (!wanted.isEmpty()) {
                byField.put(field, wanted);
            }
        }
        Map<String, List<String>> byTag = new LinkedHashMap<>();
        for (String tag : checked("tag", values.apply("tag"))) {
            int equals = tag.indexOf('=');
            if (equals < 1) {
                throw PlatformException.invalid("tag", "tag must be a name and a value, such as tag=team=search.");
            }
            byTag.computeIfAbsent(tag.substring(0, equals), name -> new ArrayList<>())
                    .add(tag.substring(equals + 1));
        }
        return new Filters(byField, byTag);
    }

    private static List<String> checked(String parameter, List<String> values) {
        if (values.size() > MOST_VALUES) {
            throw PlatformException.invalid(parameter, parameter + " may stand " + MOST_VALUES + " times at most.");
        }
        for (String value : values) {
            if (value.length() > LONGEST) {
                throw PlatformException.invalid(
                        parameter, parameter + " may be " + LONGEST + " characters long at most.");
            }
        }
        return List.copyOf(values);
    }

    /// Conditions, each with `AND` before it.
    ///
    /// @param attempts whether rows are attempts rather than requests
    public String sql(boolean attempts) {
        StringBuilder sql = new StringBuilder();
        for (Field field : byField.keySet()) {
            String column = attempts ? field.ofAttempts : field.ofRequests;
            sql.append(" AND toString(%s) IN {%s:Array(String)}".formatted(column, field.variable()));
        }
        for (int n = 0; n < byTag.size(); n++) {
            sql.append(" AND tags[{tag_%d:String}] IN {tag_values_%d:Array(String)}".formatted(n, n));
        }
        return sql.toString();
    }

    /// For [#sql].
    public Map<String, Object> parameters() {
        Map<String, Object> parameters = new HashMap<>();
        byField.forEach((field, values) -> parameters.put(field.variable(), values));
        int n = 0;
        for (Map.Entry<String, List<String>> tag : byTag.entrySet()) {
            parameters.put("tag_" + n, tag.getKey());
            parameters.put("tag_values_" + n, tag.getValue());
            n++;
        }
        return parameters;
    }
}
