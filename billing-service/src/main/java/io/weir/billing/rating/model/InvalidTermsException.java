package io.weir.billing.rating.model;

import java.math.BigDecimal;

/// Terms of a price that cannot be charged by: names the field, as a path such as `tiers[1].upTo`, and
/// says why.
public final class InvalidTermsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;

    public InvalidTermsException(String field, String reason) {
        super(reason);
        this.field = field;
    }

    /// The field at fault, as a path from the price.
    public String field() {
        return field;
    }

    /// Why it was refused, a sentence or more.
    public String reason() {
        return String.valueOf(getMessage());
    }

    static BigDecimal notNegative(String field, BigDecimal value) {
        if (value.signum() < 0) {
            throw new InvalidTermsException(field, "It is negative. Send 0 or more.");
        }
        return value;
    }

    static BigDecimal positive(String field, BigDecimal value) {
        if (value.signum() <= 0) {
            throw new InvalidTermsException(field, "It is not above 0.");
        }
        return value;
    }
}
