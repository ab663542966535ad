package io.weir.billing.rerating;

import io.weir.problem.PlatformException;
import io.weir.tenancy.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which hours are to be priced again.
///
/// @param to exclusive
/// @param tenant null: all tenants
record ReratingOrder(Instant from, Instant to, @Nullable UUID tenant, Release release) {

    private static final Set<String> FIELDS = Set.of("from", "to", "tenantId", "counters", "releaseMeasured");
    private static final long MOST_DAYS = 400;

    /// Throws a 400 naming the field that is missing, malformed or unknown.
    static ReratingOrder read(JsonMapper json, byte[] body) {
        JsonNode root = parsed(json, body);
        for (String field : root.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw PlatformException.invalid(
                        field, "There is no field of this name. Send from, to, tenantId, counters, releaseMeasured.");
            }
        }
        Instant from = hour(root, "from");
        Instant to = hour(root, "to");
        if (!to.isAfter(from) || to.isAfter(from.plus(MOST_DAYS, ChronoUnit.DAYS))) {
            throw PlatformException.invalid("to", "to must lie after from, by at most " + MOST_DAYS + " days.");
        }
        JsonNode measured = root.path("releaseMeasured");
        if (!measured.isMissingNode() && !measured.isBoolean()) {
            throw PlatformException.invalid("releaseMeasured", "releaseMeasured must be true or false.");
        }
        return new ReratingOrder(from, to, tenant(root), release(root.path("counters"), measured.asBoolean(false)));
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
                "body",
                "The body is not a JSON object. Send"
                        + " {\"from\": \"2026-10-01T00:00:00Z\", \"to\": \"2026-11-01T00:00:00Z\"}.");
    }

    private static Instant hour(JsonNode root, String field) {
        try {
            Instant hour = Instant.parse(root.path(field).asString(""));
            if (hour.equals(hour.truncatedTo(ChronoUnit.HOURS))) {
                return hour;
            }
        } catch (DateTimeException noInstant) {
            // Told below.
        }
        throw PlatformException.invalid(
                field, field + " is not the start of an hour. Send one such as 2026-10-01T00:00:00Z.");
    }

    private static @Nullable UUID tenant(JsonNode root) {
        JsonNode named = root.path("tenantId");
        if (named.isMissingNode() || named.isNull()) {
            return null;
        }
        try {
            return TenantId.of(named.asString("")).value();
        } catch (IllegalArgumentException noId) {
            throw PlatformException.invalid("tenantId", "tenantId is not a UUID. Send the tenant's id.");
        }
    }

    private static Release release(JsonNode counters, boolean measured) {
        Map<String, String> words = new TreeMap<>();
        if (!counters.isMissingNode() && !counters.isObject()) {
            throw noCounters();
        }
        counters.forEachEntry((counter, meter) -> words.put(counter, meter.asString("")));
        try {
            return Release.of(words, measured);
        } catch (IllegalArgumentException noMeter) {
            throw noCounters();
        }
    }

    private static PlatformException noCounters() {
        return PlatformException.invalid(
                "counters",
                "counters gives a provider's counter a meter, or none where it costs nothing by itself. Send"
                        + " {\"openai:completion_tokens_details.dream_tokens\": \"text_out\"}.");
    }
}
