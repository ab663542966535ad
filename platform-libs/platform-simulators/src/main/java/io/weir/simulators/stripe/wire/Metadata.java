package io.weir.simulators.stripe.wire;

import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Stripe's rules for metadata: at most 50 keys of 40 characters with values of 500; an empty value removes its key,
/// `metadata=` removes all.
public final class Metadata {

    private static final int MAX_KEYS = 50;
    private static final int MAX_KEY_LENGTH = 40;
    private static final int MAX_VALUE_LENGTH = 500;

    private Metadata() {}

    /// Changes an object's metadata by a call's parameters; nothing when there are none.
    public static void apply(Parameters parameters, ObjectNode object) {
        ObjectNode metadata = object.withObject("/metadata");
        if (parameters.has("metadata")) {
            metadata.removeAll();
        }
        parameters.members("metadata").forEach((key, value) -> put(metadata, key, value));
        if (metadata.size() > MAX_KEYS) {
            throw StripeException.parameter(
                    "metadata", "parameter_invalid_string", "Metadata can have at most " + MAX_KEYS + " keys.");
        }
    }

    /// Whether the object's metadata has all these.
    public static boolean matches(ObjectNode object, Map<String, String> wanted) {
        return wanted.entrySet().stream()
                .allMatch(entry -> entry.getValue()
                        .equals(object.path("metadata").path(entry.getKey()).asString("")));
    }

    private static void put(ObjectNode metadata, String key, String value) {
        if (key.isEmpty() || key.length() > MAX_KEY_LENGTH || key.contains("[") || key.contains("]")) {
            throw StripeException.parameter(
                    "metadata[" + key + "]",
                    "parameter_invalid_string",
                    "Metadata keys must be 1 to " + MAX_KEY_LENGTH + " characters without brackets, but the key '" + key
                            + "' is not.");
        }
        if (value.length() > MAX_VALUE_LENGTH) {
            throw StripeException.parameter(
                    "metadata[" + key + "]",
                    "parameter_invalid_string",
                    "Metadata values can have up to " + MAX_VALUE_LENGTH + " characters, but you passed in a value that"
                            + " is " + value.length() + " characters. Invalid value: "
                            + value.substring(0, MAX_KEY_LENGTH) + "...");
        }
        if (value.isEmpty()) {
            metadata.remove(key);
        } else {
            metadata.put(key, value);
        }
    }
}
