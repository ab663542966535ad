package io.weir.analytics.events;

import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what somebody sent. Every event is looked at; all are right, or none is taken and each fault is named.
final class Intake {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Set<String> DATA = Set.of("amountUsd", "category", "description", "tags");
    private static final Pattern CATEGORY = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,63}");
    private static final BigDecimal MOST = new BigDecimal("1000000000");
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_DESCRIPTION = 500;
    private static final int MOST_TAGS = 20;
    private static final int MOST_FAULTS = 100;

    private final EventsProperties limits;
    private final TenantId tenant;
    private final Instant now;

    Intake(EventsProperties limits, TenantId tenant, Instant now) {
        this.limits = limits;
        this.tenant = tenant;
        this.now = now;
    }

    /// What is wrong with one event.
    ///
    /// @param field as a JSON path without `$.`, for example `[3].data.amountUsd`
    record Fault(String field, String detail) {}

    private static final class FaultException extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final transient Fault fault;

        FaultException(String field, String detail) {
            super(detail, null, false, false);
            this.fault = new Fault(field, detail);
        }
    }

    /// One event. Throws a 400 problem naming the field.
    List<ExternalCost> single(byte[] body) {
        return all(List.of(json(body)), false);
    }

    /// An array of events. Throws a 400 problem naming the first field at fault, with all of them in `errors`.
    List<ExternalCost> batch(byte[] body) {
        JsonNode json = json(body);
        if (!json.isArray()) {
            throw PlatformException.invalid("body", "A batch is a JSON array of CloudEvents.");
        }
        if (json.size() > limits.batch()) {
            throw PlatformException.invalid(
                    "body", "The batch has " + json.size() + " events. Send " + limits.batch() + " at most.");
        }
        List<JsonNode> events = new ArrayList<>();
        json.forEach(events::add);
        return all(events, true);
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException malformed) {
            throw PlatformException.invalid("body", "The body is not JSON.");
        }
    }

    private List<ExternalCost> all(List<JsonNode> events, boolean batch) {
        List<ExternalCost> read = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (int n = 0; n < events.size() && faults.size() < MOST_FAULTS; n++) {
            try {
                read.add(event(events.get(n)));
            } catch (FaultException wrong) {
                Fault fault = wrong.fault;
                faults.add(batch ? new Fault("[" + n + "]." + fault.field(), fault.detail()) : fault);
            }
        }
        if (!faults.isEmpty()) {
            Fault first = faults.getFirst();
            throw PlatformException.invalid(first.field(), first.detail() + " None of the events was taken.")
                    .with("errors", faults);
        }
        return read;
    }

    private ExternalCost event(JsonNode event) {
        if (!event.isObject()) {
            throw new FaultException("specversion", "An event must be a JSON object.");
        }
        demand(event, "specversion", "1.0");
        demand(event, "type", ExternalCost.TYPE);
        if (event.has("datacontenttype")) {
            demand(event, "datacontenttype", "application/json");
        }
        if (event.has("tenantid")) {
            demand(event, "tenantid", tenant.toString());
        }
        String source = name(event, "source");
        String id = name(event, "id");
        Instant time = time(event.path("time"));
        boolean late = time.truncatedTo(ChronoUnit.HOURS)
                .plus(Duration.ofHours(1))
                .plus(limits.window())
                .isBefore(now);
        return new ExternalCost(
                "1.0", ExternalCost.TYPE, source, id, time, tenant, now, late, data(event.path("data")));
    }

    private static void demand(JsonNode event, String field, String value) {
        JsonNode found = event.path(field);
        if (!found.isString() || !found.asString().equals(value)) {
            throw new FaultException(field, field + " must be \"" + value + "\".");
        }
    }

    private static String name(JsonNode event, String field) {
        JsonNode found = event.path(field);
        String text = found.isString() ? found.asString() : "";
        if (text.isEmpty() || text.length() > LONGEST_NAME || !isReadable(text)) {
            throw new FaultException(
                    field,
                    field + " must be a text of 1 to " + LONGEST_NAME + " characters without control characters.");
        }
        return text;
    }

    private static boolean isReadable(String text) {
        return text.codePoints()
                .noneMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE);
    }

    private Instant time(JsonNode text) {
        Instant time;
        try {
            time = Instant.parse(text.isString() ? text.asString() : "").truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException malformed) {
            throw new FaultException("time", "time must be an instant such as 2026-11-22T10:00:00Z.");
        }
        if (time.isAfter(now.plus(limits.ahead()))) {
            throw new FaultException("time", "time lies in the future. Send the event once its cost has arisen.");
        }
        if (time.isBefore(now.minus(limits.oldest()))) {
            throw new FaultException(
                    "time",
                    "time lies more than " + limits.oldest().toDays() + " days back; usage is not kept that long.");
        }
        return time;
    }

    private static ExternalCost.Data data(JsonNode data) {
        if (!data.isObject()) {
            throw new FaultException("data", "data must be an object with amountUsd and category.");
        }
        for (String field : data.propertyNames()) {
            if (!DATA.contains(field)) {
                String shown = field.length() > 60 ? field.substring(0, 60) : field;
                throw new FaultException(
                        "data." + shown, "There is no such field. Known: amountUsd, category, description, tags.");
            }
        }
        JsonNode category = data.path("category");
        if (!category.isString() || !CATEGORY.matcher(category.asString()).matches()) {
            throw new FaultException(
                    "data.category", "data.category must be 1 to 64 of a-z, 0-9, '_', '.' and '-', such as compute.");
        }
        return new ExternalCost.Data(
                amount(data.path("amountUsd")),
                category.asString(),
                description(data.path("description")),
                tags(data.path("tags")));
    }

    private static Amount amount(JsonNode text) {
        try {
            String written = text.isString() ? text.asString() : "";
            Amount amount = Amount.of(written.matches("[0-9]{1,10}(\\.[0-9]{1,12})?") ? written : "none");
            if (amount.value().compareTo(MOST) <= 0) {
                return amount;
            }
        } catch (IllegalArgumentException malformed) {
            // Answered below.
        }
        throw new FaultException(
                "data.amountUsd",
                "data.amountUsd must be a decimal string from 0 to " + MOST.toPlainString()
                        + " with at most 12 decimals, such as \"1.25\".");
    }

    private static String description(JsonNode text) {
        if (text.isMissingNode()) {
            return "";
        }
        if (!text.isString() || text.asString().length() > LONGEST_DESCRIPTION || !isReadable(text.asString())) {
            throw new FaultException(
                    "data.description",
                    "data.description must be a text of at most " + LONGEST_DESCRIPTION + " characters.");
        }
        return text.asString();
    }

    private static Map<String, String> tags(JsonNode tags) {
        Map<String, String> read = new TreeMap<>();
        if (tags.isMissingNode()) {
            return read;
        }
        if (!tags.isObject() || tags.size() > MOST_TAGS) {
            throw new FaultException("data.tags", "data.tags must be an object of at most " + MOST_TAGS + " texts.");
        }
        tags.forEachEntry((name, value) -> {
            boolean fits = value.isString()
                    && value.asString().length() <= LONGEST_NAME
                    && isReadable(value.asString())
                    && CATEGORY.matcher(name).matches();
            if (!fits) {
                throw new FaultException(
                        "data.tags",
                        "data.tags must have names of a-z, 0-9, '_', '.' and '-', and texts of at most " + LONGEST_NAME
                                + " characters.");
            }
            read.put(name, value.asString());
        });
        return read;
    }
}
