package io.weir.billing.stripe.webhook;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What we keep of an event: that something happened, to what, and when. Its account of the object is not kept.
///
/// @param object the kind of thing it is about, such as `invoice`
record StripeEvent(String id, String type, String object, String objectId, Instant happenedAt) {

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.:-]{1,200}");

    /// Empty where the text is no event. Its signature must have been verified.
    static Optional<StripeEvent> read(JsonMapper json, String payload) {
        try {
            JsonNode event = json.readTree(payload);
            JsonNode about = event.path("data").path("object");
            String id = event.path("id").asString("");
            String type = event.path("type").asString("");
            String object = about.path("object").asString("");
            // Some objects, such as balances, have no id.
            String objectId = about.path("id").asString("-");
            JsonNode created = event.path("created");
            boolean readable = isWord(id) && isWord(type) && isWord(object) && isWord(objectId) && isSeconds(created);
            return readable
                    ? Optional.of(
                            new StripeEvent(id, type, object, objectId, Instant.ofEpochSecond(created.longValue())))
                    : Optional.empty();
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    private static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    private static boolean isSeconds(JsonNode created) {
        return created.isIntegralNumber()
                && created.canConvertToLong()
                && created.longValue() >= 0
                && created.longValue() < 253_402_300_800L;
    }
}
