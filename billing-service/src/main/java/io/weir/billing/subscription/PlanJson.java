package io.weir.billing.subscription;

import io.weir.billing.rating.model.Charge;
import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.preview.ChargeJson;
import io.weir.billing.rating.preview.Fields;
import io.weir.billing.subscription.PlanVersion.Phase;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A version of a plan as JSON: how it is sent, kept and shown. Reading throws a 400 naming the field that is missing,
/// malformed, unknown or makes no sense.
final class PlanJson {

    static final String EXAMPLE = "{\"plan\": \"growth\", \"effectiveFrom\": \"2028-01-01T00:00:00Z\", \"currency\":"
            + " \"USD\", \"fee\": \"299\", \"charges\": [{\"metric\": \"calls\", \"model\": \"per_unit\", \"unitPrice\":"
            + " \"0.01\"}]}";
    private static final Set<String> KNOWN = Set.of(
            "plan",
            "effectiveFrom",
            "currency",
            "fee",
            "charges",
            "minimumSpend",
            "maximumSpend",
            "trialDays",
            "phases");

    private PlanJson() {}

    static PlanVersion read(Fields fields, int version) {
        fields.only(KNOWN);
        try {
            return new PlanVersion(
                    fields.demanded("plan", "the plan's code"),
                    version,
                    instant(fields, "effectiveFrom"),
                    currency(fields),
                    fields.demanded("fee"),
                    charges(fields),
                    fields.decimal("minimumSpend").orElse(null),
                    fields.decimal("maximumSpend").orElse(null),
                    fields.decimal("trialDays")
                            .map(days -> whole(fields, "trialDays", days))
                            .orElse(0),
                    phases(fields));
        } catch (InvalidTermsException wrong) {
            throw fields.refused(wrong.field(), wrong.reason());
        }
    }

    static Instant instant(Fields fields, String field) {
        try {
            Instant instant = Instant.parse(fields.demanded(field, "an instant such as 2028-01-01T00:00:00Z"));
            if (instant.isAfter(Instant.EPOCH) && instant.isBefore(Instant.parse("9999-01-01T00:00:00Z"))) {
                return instant;
            }
        } catch (DateTimeException noInstant) {
            // told below
        }
        throw fields.refused(field, "It is no instant. Send one such as 2028-01-01T00:00:00Z.");
    }

    static int whole(Fields fields, String field, BigDecimal value) {
        try {
            return value.intValueExact();
        } catch (ArithmeticException fraction) {
            throw fields.refused(field, "It is no whole number.");
        }
    }

    private static Currency currency(Fields fields) {
        try {
            return Currency.getInstance(fields.text("currency").orElse("USD"));
        } catch (IllegalArgumentException unknown) {
            throw fields.refused("currency", "There is no such currency. Send an ISO 4217 code, such as USD.");
        }
    }

    private static Map<Metric, Charge> charges(Fields fields) {
        Map<Metric, Charge> charges = new EnumMap<>(Metric.class);
        Set<String> known = new HashSet<>(ChargeJson.FIELDS);
        known.add("metric");
        for (Fields charge : fields.objects("charges")) {
            Metric metric = metric(charge);
            if (charges.put(metric, ChargeJson.read(charge.only(known))) != null) {
                throw charge.refused("metric", "There are two charges of " + metric.wireName() + ".");
            }
        }
        return charges;
    }

    static Metric metric(Fields fields) {
        try {
            return Metric.of(fields.demanded("metric", "a metric such as calls"));
        } catch (InvalidTermsException wrong) {
            throw fields.refused(wrong.field(), wrong.reason());
        }
    }

    private static List<Phase> phases(Fields fields) {
        List<Phase> phases = new ArrayList<>();
        for (Fields phase : fields.objects("phases")) {
            phase.only(Set.of("periods", "feeFactor"));
            try {
                phases.add(new Phase(whole(phase, "periods", phase.demanded("periods")), phase.demanded("feeFactor")));
            } catch (InvalidTermsException wrong) {
                throw phase.refused(wrong.field().replace("phases.", ""), wrong.reason());
            }
        }
        return phases;
    }
}
