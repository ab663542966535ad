package io.weir.billing.credit;

import io.weir.billing.rating.preview.Fields;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Currency;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Bodies of the credit routes. Reading throws a 400 naming the field that is missing, malformed or
/// unknown.
final class CreditOrder {

    private static final Pattern CODE = Pattern.compile("[A-Z0-9][A-Z0-9-]{2,39}");
    private static final int LONGEST = 200;
    private static final int LEAST_URGENT = 1_000;

    private CreditOrder() {}

    /// Credit for a tenant, in minor units.
    record NewGrant(
            TenantId tenant,
            Currency currency,
            long amount,
            int priority,
            String reason,
            @Nullable Instant expiresAt) {

        static NewGrant read(JsonMapper json, byte[] body, Instant now) {
            Fields fields = Fields.body(
                            json, body, "{\"tenantId\": \"...\", \"amount\": \"25.00\", \"reason\": \"...\"}")
                    .only(Set.of("tenantId", "currency", "amount", "priority", "reason", "expiresAt"));
            Currency currency = currencyOf(fields);
            return new NewGrant(
                    tenantOf(fields),
                    currency,
                    minor(fields, currency),
                    priorityOf(fields),
                    shortText(fields, "reason"),
                    later(fields, "expiresAt", now));
        }
    }

    /// A use of credit.
    record NewDraw(TenantId tenant, Currency currency, long amount, String reference) {

        static NewDraw read(JsonMapper json, byte[] body) {
            Fields fields = Fields.body(
                            json, body, "{\"tenantId\": \"...\", \"amount\": \"25.00\", \"reference\": \"...\"}")
                    .only(Set.of("tenantId", "currency", "amount", "reference"));
            Currency currency = currencyOf(fields);
            return new NewDraw(tenantOf(fields), currency, minor(fields, currency), shortText(fields, "reference"));
        }
    }

    /// A coupon.
    record NewCoupon(
            String code,
            Currency currency,
            long amount,
            int priority,
            int maxRedemptions,
            @Nullable Instant redeemableUntil) {

        static NewCoupon read(JsonMapper json, byte[] body, Instant now) {
            Fields fields = Fields.body(
                            json, body, "{\"code\": \"WELCOME\", \"amount\": \"25.00\", \"maxRedemptions\": \"100\"}")
                    .only(Set.of("code", "currency", "amount", "priority", "maxRedemptions", "redeemableUntil"));
            Currency currency = currencyOf(fields);
            String code = fields.demanded("code", "a code of capitals, digits and hyphens");
            if (!CODE.matcher(code).matches()) {
                throw fields.refused("code", "It is not 3 to 40 capitals, digits and hyphens.");
            }
            return new NewCoupon(
                    code,
                    currency,
                    minor(fields, currency),
                    priorityOf(fields),
                    whole(fields, "maxRedemptions", fields.demanded("maxRedemptions"), 1, 1_000_000),
                    later(fields, "redeemableUntil", now));
        }
    }

    /// The code of a path. Throws a 404 where no coupon can have it.
    static String code(String text) {
        if (!CODE.matcher(text).matches()) {
            throw unknownCoupon();
        }
        return text;
    }

    static PlatformException unknownCoupon() {
        return new PlatformException(ProblemType.NOT_FOUND, "There is no such coupon, or its time is over.");
    }

    private static TenantId tenantOf(Fields fields) {
        try {
            return TenantId.of(fields.demanded("tenantId", "the tenant's id, a UUID"));
        } catch (IllegalArgumentException notAnId) {
            throw fields.refused("tenantId", "It is not a UUID. Send the tenant's id.");
        }
    }

    private static Currency currencyOf(Fields fields) {
        String code = fields.text("currency").orElse("USD");
        try {
            Currency currency = Currency.getInstance(code);
            if (currency.getDefaultFractionDigits() >= 0) {
                return currency;
            }
        } catch (IllegalArgumentException unknown) {
            // Told below.
        }
        throw fields.refused(
                "currency", "There is no such currency, or it has no minor unit. Send a code such as USD.");
    }

    private static long minor(Fields fields, Currency currency) {
        BigDecimal amount = fields.demanded("amount");
        int digits = currency.getDefaultFractionDigits();
        if (amount.signum() <= 0 || amount.scale() > digits || amount.precision() - amount.scale() > 12) {
            throw fields.refused("amount", "It is not above 0 with at most " + digits + " decimals, or too large.");
        }
        return amount.movePointRight(digits).longValueExact();
    }

    private static int priorityOf(Fields fields) {
        Optional<BigDecimal> priority = fields.decimal("priority");
        return priority.isEmpty() ? 100 : whole(fields, "priority", priority.get(), 0, LEAST_URGENT);
    }

    private static int whole(Fields fields, String field, BigDecimal value, int least, int most) {
        boolean fits = value.scale() <= 0
                && value.compareTo(BigDecimal.valueOf(least)) >= 0
                && value.compareTo(BigDecimal.valueOf(most)) <= 0;
        if (!fits) {
            throw fields.refused(field, "It is no whole number from " + least + " to " + most + ".");
        }
        return value.intValueExact();
    }

    private static String shortText(Fields fields, String field) {
        String text = fields.demanded(field, "a short text");
        if (text.isBlank() || text.length() > LONGEST || text.indexOf('\0') >= 0) {
            throw fields.refused(field, "It is empty, or longer than " + LONGEST + " characters.");
        }
        return text;
    }

    private static @Nullable Instant later(Fields fields, String field, Instant now) {
        Optional<String> text = fields.text(field);
        if (text.isEmpty()) {
            return null;
        }
        try {
            Instant instant = Instant.parse(text.get());
            if (instant.isAfter(now) && instant.isBefore(Instant.parse("9999-01-01T00:00:00Z"))) {
                return instant;
            }
        } catch (DateTimeException noInstant) {
            // Told below.
        }
        throw fields.refused(field, "It is no instant to come. Send one such as 2027-11-22T12:00:00Z.");
    }
}
