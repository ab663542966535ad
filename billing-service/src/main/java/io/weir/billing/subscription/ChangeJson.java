package io.weir.billing.subscription;

import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.preview.Fields;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// A decision about a subscription as JSON: how it is sent, kept and shown. Reading throws a 400 naming the field that
/// is missing, malformed, unknown or makes no sense.
final class ChangeJson {

    static final String EXAMPLE = "{\"kind\": \"switch\", \"plan\": \"growth\"}";
    private static final Set<String> KNOWN =
            Set.of("kind", "plan", "timeZone", "addOn", "quantity", "fee", "atPeriodEnd");

    private ChangeJson() {}

    static Change read(Fields fields, Instant at) {
        fields.only(KNOWN);
        String kind = fields.demanded("kind", "start, switch, extra, override or cancel");
        try {
            return switch (kind) {
                case "start" -> new Change.Start(at, fields.demanded("plan", "the plan's code"));
                case "switch" -> new Change.Switch(at, fields.demanded("plan", "the plan's code"));
                case "extra" ->
                    new Change.Extra(
                            at, addOn(fields), PlanJson.whole(fields, "quantity", fields.demanded("quantity")));
                case "override" -> new Change.OwnFee(at, fields.decimal("fee").orElse(null));
                case "cancel" -> new Change.Cancel(at, flag(fields));
                default ->
                    throw fields.refused(
                            "kind", "There is no such change. Send start, switch, extra, override or cancel.");
            };
        } catch (InvalidTermsException wrong) {
            throw fields.refused(wrong.field(), wrong.reason());
        }
    }

    /// Of a start; UTC where it says nothing.
    static ZoneId zone(Fields fields) {
        try {
            return ZoneId.of(fields.text("timeZone").orElse("UTC"));
        } catch (DateTimeException unknown) {
            throw fields.refused("timeZone", "There is no such time zone. Send an IANA name such as Europe/Berlin.");
        }
    }

    private static boolean flag(Fields fields) {
        return switch (fields.text("atPeriodEnd").orElse("true")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw fields.refused("atPeriodEnd", "Send \"true\" or \"false\", in quotation marks.");
        };
    }

    private static AddOn addOn(Fields fields) {
        Fields addOn = fields.object("addOn")
                .orElseThrow(() -> fields.refused("addOn", "It is missing. Send its code, fee and what it includes."));
        addOn.only(Set.of("code", "fee", "included"));
        Map<Metric, BigDecimal> included = new EnumMap<>(Metric.class);
        for (Fields one : addOn.objects("included")) {
            one.only(Set.of("metric", "units"));
            included.put(PlanJson.metric(one), one.demanded("units"));
        }
        return new AddOn(addOn.demanded("code", "the add-on's code"), addOn.demanded("fee"), included);
    }
}
