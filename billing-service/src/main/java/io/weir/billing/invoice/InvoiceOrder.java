package io.weir.billing.invoice;

import io.weir.problem.PlatformException;
import io.weir.tenancy.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A request for an invoice.
///
/// @param asOf makes it final with the hours that begin before this instant, over or not; null: final when they are
///     all over
record InvoiceOrder(
        TenantId tenantId, YearMonth period, @Nullable Instant asOf) {

    private static final Set<String> FIELDS = Set.of("tenantId", "period", "asOf");
    private static final Pattern MONTH = Pattern.compile("[0-9]{4}-[0-9]{2}");

    /// Throws a 400 naming the field that is missing, malformed or unknown: a misspelt `asOf` must not make a draft.
    static InvoiceOrder read(JsonMapper json, byte[] body) {
        JsonNode root = parsed(json, body);
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw PlatformException.invalid(
                        field.getKey(), "There is no field of this name. Send tenantId, period and, if wanted, asOf.");
            }
        }
        return new InvoiceOrder(
                tenantId(text(root, "tenantId").orElseThrow(() -> missing("tenantId", "the tenant's id, a UUID"))),
                period(text(root, "period").orElseThrow(() -> missing("period", "a month, such as 2026-11"))),
                text(root, "asOf").map(InvoiceOrder::asOf).orElse(null));
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
                "body", "The body is not a JSON object. Send {\"tenantId\": \"...\", \"period\": \"2026-11\"}.");
    }

    private static Optional<String> text(JsonNode root, String field) {
        JsonNode value = root.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw PlatformException.invalid(field, field + " must be a string.");
        }
        return Optional.of(value.stringValue());
    }

    static TenantId tenantId(String text) {
        try {
            return TenantId.of(text);
        } catch (IllegalArgumentException notAnId) {
            throw PlatformException.invalid("tenantId", "tenantId is not a UUID. Send the tenant's id.");
        }
    }

    private static YearMonth period(String text) {
        try {
            if (MONTH.matcher(text).matches()) {
                return YearMonth.parse(text);
            }
        } catch (DateTimeException noMonth) {
            // Told below.
        }
        throw PlatformException.invalid("period", "period is not a month. Send one such as 2026-11.");
    }

    private static Instant asOf(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException noInstant) {
            throw PlatformException.invalid("asOf", "asOf is not an instant. Send one such as 2026-11-22T12:00:00Z.");
        }
    }

    private static PlatformException missing(String field, String expected) {
        return PlatformException.invalid(field, field + " is missing. Send " + expected + ".");
    }
}
