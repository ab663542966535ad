package io.weir.billing.rating.preview;

import io.weir.billing.rating.ExactAmount;
import io.weir.billing.rating.model.Charge;
import io.weir.billing.rating.model.CumulativeBilling;
import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.model.Part;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A question to the preview, read from its body, and its answer.
record RatePreview(
        CumulativeBilling billing,
        BigDecimal quantity,
        @Nullable BigDecimal previouslyBilled) {

    private static final String EXAMPLE =
            "{\"model\": \"per_unit\", \"currency\": \"USD\", \"quantity\": \"6\", \"unitPrice\": \"7\"}";
    private static final Set<String> FIELDS = fields();

    /// Decimal strings throughout.
    ///
    /// @param amount rounded to the currency's minor unit
    /// @param exact before rounding; the lines add up to it
    record Answer(String amount, String exact, String currency, List<Line> lines) {}

    /// @param tier from 1; null where no units are priced
    /// @param quantity null where money is changed, not units priced
    record Line(@Nullable Integer tier, @Nullable String quantity, String exact, String kind) {

        private static Line of(Part part) {
            BigDecimal units = part.quantity();
            return new Line(
                    part.tier(),
                    units == null ? null : new ExactAmount(units).toPlainString(),
                    part.exact().toPlainString(),
                    part.kind().wireName());
        }
    }

    /// Throws a 400 naming the field that is missing, malformed, unknown or makes no sense.
    static RatePreview read(JsonMapper json, byte[] body) {
        Fields fields = Fields.body(json, body, EXAMPLE).only(FIELDS);
        Charge charge = ChargeJson.read(fields);
        try {
            return new RatePreview(
                    new CumulativeBilling(charge, currency(fields)),
                    quantity(fields),
                    fields.notNegative("previouslyBilled").orElse(null));
        } catch (InvalidTermsException wrong) {
            throw fields.refused(wrong.field(), wrong.reason());
        }
    }

    Answer answer() {
        CumulativeBilling.Due due = billing.due(quantity, previouslyBilled);
        return new Answer(
                due.amount().toPlainString(),
                due.exact().toPlainString(),
                billing.currency().getCurrencyCode(),
                due.parts().stream().map(Line::of).toList());
    }

    // What a flat price comes to does not depend on it.
    private static BigDecimal quantity(Fields fields) {
        boolean flat = fields.text("model").filter("flat"::equals).isPresent();
        return fields.notNegative("quantity").orElseGet(() -> flat ? BigDecimal.ONE : fields.demanded("quantity"));
    }

    private static Currency currency(Fields fields) {
        String code = fields.demanded("currency", "a currency's code, such as USD");
        try {
            return Currency.getInstance(code.toUpperCase(Locale.ROOT).equals(code) ? code : "");
        } catch (IllegalArgumentException unknown) {
            throw fields.refused("currency", "There is no such currency. Send an ISO 4217 code, such as USD.");
        }
    }

    private static Set<String> fields() {
        Set<String> fields = new HashSet<>(ChargeJson.FIELDS);
        fields.addAll(Set.of("currency", "quantity", "previouslyBilled"));
        return Set.copyOf(fields);
    }
}
