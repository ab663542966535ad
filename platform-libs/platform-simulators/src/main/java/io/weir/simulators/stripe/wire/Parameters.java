package io.weir.simulators.stripe.wire;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Form-encoded parameters, nested by brackets: `metadata[k]=v`, `period[start]=1`, `types[]=a`, `types[0]=a`.
public final class Parameters {

    private final Map<String, String> values;

    private Parameters(Map<String, String> values) {
        this.values = values;
    }

    /// Reads `a=1&b[c]=2`. The last of two values of the same name counts, except those ending in `[]`, which all do.
    public static Parameters parse(String encoded) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : encoded.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                values.put(unique(name, values), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return new Parameters(values);
    }

    /// The same for the same parameters in whatever order they came.
    public String fingerprint() {
        return new java.util.TreeMap<>(values).toString();
    }

    /// Refuses names that are not among these. A name with brackets counts by what stands before them.
    public void allowOnly(Set<String> names) {
        for (String name : values.keySet()) {
            if (!names.contains(rootOf(name))) {
                throw StripeException.parameter(
                        name,
                        "parameter_unknown",
                        "Received unknown parameter: " + name + " (or one that the" + " simulator does not keep).");
            }
        }
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /// Null when absent or empty.
    public @Nullable String text(String name) {
        String value = values.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /// Refuses its absence.
    public String required(String name) {
        if (!values.containsKey(name)) {
            throw StripeException.parameter(name, "parameter_missing", "Missing required param: " + name + ".");
        }
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw StripeException.parameter(
                    name,
                    "parameter_invalid_empty",
                    "You passed an empty string for '" + name + "'. We assume empty values are an attempt to unset a"
                            + " parameter; however '" + name + "' cannot be unset. You should remove '" + name
                            + "' from your request or supply a non-empty value.");
        }
        return value;
    }

    /// One of the values; null when absent.
    public @Nullable String oneOf(String name, Set<String> allowed) {
        String value = text(name);
        if (value != null && !allowed.contains(value)) {
            throw StripeException.parameter(
                    name,
                    "parameter_invalid_string",
                    "Invalid " + name + ": must be one of " + String.join(", ", new java.util.TreeSet<>(allowed)));
        }
        return value;
    }

    /// Null when absent.
    public @Nullable Long whole(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException notANumber) {
            throw StripeException.parameter(name, "parameter_invalid_integer", "Invalid integer: " + value);
        }
    }

    public boolean flag(String name, boolean absent) {
        String value = text(name);
        if (value == null) {
            return absent;
        }
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw StripeException.parameter(name, "parameter_invalid_boolean", "Invalid boolean: " + value);
        };
    }

    /// The members of `name[member]`, in order.
    public Map<String, String> members(String name) {
        Map<String, String> members = new LinkedHashMap<>();
        values.forEach((full, value) -> {
            if (full.startsWith(name + "[") && full.endsWith("]")) {
                members.put(full.substring(name.length() + 1, full.length() - 1), value);
            }
        });
        return members;
    }

    /// The values of `name[]` or `name[0]`, in order.
    public List<String> list(String name) {
        return List.copyOf(new ArrayList<>(members(name).values()));
    }

    private static String rootOf(String name) {
        int bracket = name.indexOf('[');
        return bracket < 0 ? name : name.substring(0, bracket);
    }

    private static String unique(String name, Map<String, String> taken) {
        if (!name.endsWith("[]")) {
            return name;
        }
        String root = name.substring(0, name.length() - 2);
        int index = 0;
        while (taken.containsKey(root + "[" + index + "]")) {
            index++;
        }
        return root + "[" + index + "]";
    }

    private static String decoded(String encoded) {
        try {
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            throw new StripeException(
                    400, "invalid_request_error", null, "Invalid request: the parameters are not form-encoded.", null);
        }
    }
}
