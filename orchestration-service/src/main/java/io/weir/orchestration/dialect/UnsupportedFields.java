package io.weir.orchestration.dialect;

import io.weir.problem.PlatformException;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Refuses what would cost more than the price book says: other service tiers, predictions, sound, and searches.
/// Everything else
/// that is unknown passes.
final class UnsupportedFields {

    private static final Set<String> TIERS = Set.of("auto", "default", "standard");

    private UnsupportedFields() {}

    static void check(String field, JsonParser json) {
        boolean present = json.currentToken() != JsonToken.VALUE_NULL;
        switch (field) {
            case "service_tier" -> {
                if (present && !TIERS.contains(json.getString())) {
                    throw PlatformException.invalid(
                            field,
                            "Unsupported 'service_tier'. Leave it out or send 'default'; others have no price here.");
                }
            }
            case "modalities" -> checkModalities(json, present);
            case "prediction" -> {
                if (present) {
                    throw PlatformException.invalid(
                            field,
                            "'prediction' is not supported: what is predicted wrongly costs more than any limit on the"
                                    + " answer allows. Leave it out.");
                }
            }
            case "audio", "web_search_options" -> {
                if (present) {
                    throw PlatformException.invalid(field, "'" + field + "' is not supported yet. Leave it out.");
                }
            }
            case "tools" -> checkTools(json, present);
            default -> {}
        }
    }

    private static void checkModalities(JsonParser json, boolean present) {
        while (present && json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_STRING
                    || !json.getString().equals("text")) {
                throw PlatformException.invalid("modalities", "Unsupported 'modalities': only [\"text\"] is.");
            }
        }
    }

    private static void checkTools(JsonParser json, boolean present) {
        for (int i = 0; present && json.nextToken() != JsonToken.END_ARRAY; i++) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw RequestFields.wrongType("tools[" + i + "]", "an object", json.currentToken());
            }
            json.skipChildren();
        }
    }
}
