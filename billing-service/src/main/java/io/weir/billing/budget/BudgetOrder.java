package io.weir.billing.budget;

import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A wish for a budget: `{"limit": "0.45", "window": "month"}`.
record BudgetOrder(Amount limit, Window window) {

    private static final Set<String> FIELDS = Set.of("limit", "window");
    private static final BigDecimal MOST = new BigDecimal("1000000000000");

    /// Throws a 400 naming the field that is missing, malformed or unknown.
    static BudgetOrder read(JsonMapper json, byte[] body) {
        JsonNode root = parsed(json, body);
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw PlatformException.invalid(
                        field.getKey(), "There is no field of this name. Send limit and window.");
            }
        }
        JsonNode window = root.get("window");
        return new BudgetOrder(
                limit(root.get("limit")),
                window == null || window.isNull()
                        ? Window.MONTH
                        : window(window.isString() ? window.stringValue() : ""));
    }

    private static JsonNode parsed(JsonMapper json, byte[] body) {
        try {
            JsonNode root = json.readTree(body);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (JacksonException malformed) {
            // Told below, like any other body that is no object.
        }
        throw PlatformException.invalid(
                "body", "The body is not a JSON object. Send {\"limit\": \"0.45\", \"window\": \"month\"}.");
    }

    private static Amount limit(@Nullable JsonNode value) {
        if (value == null || !value.isString()) {
            throw refused("limit is missing, or not a string.");
        }
        try {
            Amount limit = Amount.of(value.stringValue());
            if (limit.isNegative() || limit.value().compareTo(MOST) > 0) {
                throw refused("limit is not from 0 to " + MOST + ".");
            }
            return limit;
        } catch (IllegalArgumentException noAmount) {
            throw refused("limit is no decimal number of at most 12 decimals.");
        }
    }

    private static PlatformException refused(String why) {
        return PlatformException.invalid("limit", why + " Send US dollars as a decimal string, such as \"0.45\".");
    }

    /// Throws a 400 naming the window.
    static Window window(String word) {
        return Arrays.stream(Window.values())
                .filter(window -> window.wireName().equals(word))
                .findFirst()
                .orElseThrow(() -> PlatformException.invalid(
                        "window",
                        "There is no window of this name. Send one of: "
                                + Arrays.stream(Window.values())
                                        .map(window -> window.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))
                                + "."));
    }
}
