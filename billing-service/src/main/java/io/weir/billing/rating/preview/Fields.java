package io.weir.billing.rating.preview;

import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON object that is read field by field; whatever does not fit is a 400 that names the field by
/// its path.
///
/// @param path of the object, empty for the body, else ending in a point
public record Fields(JsonNode object, String path) {

    // Signed and unsigned, never in exponent form.
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,40}(\\.[0-9]{1,20})?");
    private static final int MOST = 1_000;

    /// The body as an object. Throws a 400 naming `body`, with an example of what to send.
    public static Fields body(JsonMapper json, byte[] body, String example) {
        try {
            JsonNode root = json.readTree(body);
            if (root != null && root.isObject()) {
                return new Fields(root, "");
            }
        } catch (JacksonException malformed) {
            // Told below, like any other body that is no object.
        }
        throw PlatformException.invalid("body", "The body is not a JSON object. Send one such as " + example + ".");
    }

    /// Refuses fields of other names: a misspelt minimum must not be left out of a price.
    public Fields only(Set<String> known) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!known.contains(field.getKey())) {
                throw refused(
                        field.getKey(),
                        "There is no field of this name. Known are "
                                + String.join(", ", known.stream().sorted().toList()) + ".");
            }
        }
        return this;
    }

    /// A decimal string of at most 26 digits before and 12 after the point; empty where it is null or
    /// absent.
    public Optional<BigDecimal> decimal(String field) {
        return value(field).map(value -> {
            String text = value.isString() ? value.stringValue() : "";
            if (!DECIMAL.matcher(text).matches()) {
                throw refused(field, "It is no decimal string. Send one such as \"0.15\", in quotation marks.");
            }
            try {
                return Amount.of(text).value();
            } catch (IllegalArgumentException tooLong) {
                throw refused(field, "It has more than 26 digits before or 12 after the point.");
            }
        });
    }

    /// Like [#decimal(String)], and a 400 naming the field when it is negative.
    public Optional<BigDecimal> notNegative(String field) {
        Optional<BigDecimal> value = decimal(field);
        if (value.filter(number -> number.signum() < 0).isPresent()) {
            throw refused(field, "It is negative. Send 0 or more.");
        }
        return value;
    }

    /// Throws a 400 naming the field when it is null or absent.
    public BigDecimal demanded(String field) {
        return decimal(field).orElseThrow(() -> missing(field, "a decimal string"));
    }

    /// A text; empty where it is null or absent.
    public Optional<String> text(String field) {
        return value(field).map(value -> {
            if (!value.isString()) {
                throw refused(field, "It is no string.");
            }
            return value.stringValue();
        });
    }

    /// Throws a 400 naming the field when it is null or absent.
    ///
    /// @param expected what to send, such as "a month"
    public String demanded(String field, String expected) {
        return text(field).orElseThrow(() -> missing(field, expected));
    }

    /// The object of that name; empty where it is null or absent.
    public Optional<Fields> object(String field) {
        return value(field).map(value -> {
            if (!value.isObject()) {
                throw refused(field, "It is no object.");
            }
            return new Fields(value, path + field + ".");
        });
    }

    /// The objects of that list, in order; none where it is null or absent.
    public List<Fields> objects(String field) {
        Optional<JsonNode> list = value(field);
        if (list.isEmpty()) {
            return List.of();
        }
        if (!list.get().isArray() || list.get().size() > MOST) {
            throw refused(field, "It is no list of at most " + MOST + " objects.");
        }
        List<Fields> elements = new ArrayList<>();
        for (JsonNode element : list.get()) {
            String place = path + field + "[" + elements.size() + "]";
            if (!element.isObject()) {
                throw PlatformException.invalid(place, "It is no object.");
            }
            elements.add(new Fields(element, place + "."));
        }
        return elements;
    }

    /// A 400 that names the field.
    public PlatformException refused(String field, String why) {
        return PlatformException.invalid(path + field, path + field + ": " + why);
    }

    private PlatformException missing(String field, String expected) {
        return refused(field, "It is missing. Send " + expected + ".");
    }

    private Optional<JsonNode> value(String field) {
        JsonNode value = object.get(field);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }
}
