package io.weir.billing.subscription;

import io.weir.billing.rating.model.Charge;
import io.weir.billing.rating.model.InvalidTermsException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The terms of a plan from an instant on, until the next version's. Amounts are in the currency, of a whole billing
/// period.
///
/// @param plan code, such as `growth`
/// @param version counts from 1
/// @param fee of a period, charged at its end
/// @param charges of usage, by metric; what is not in it costs nothing
/// @param minimumSpend the least that fee and usage of a period come to; null: none
/// @param maximumSpend the most; null: none
/// @param trialDays at the beginning of a subscription, in which nothing is charged
/// @param phases of the fee in the first periods after the subscription began
public record PlanVersion(
        String plan,
        int version,
        Instant effectiveFrom,
        Currency currency,
        BigDecimal fee,
        Map<Metric, Charge> charges,
        @Nullable BigDecimal minimumSpend,
        @Nullable BigDecimal maximumSpend,
        int trialDays,
        List<Phase> phases) {

    private static final Pattern CODE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final int MOST_TRIAL_DAYS = 366;

    /// Throws [InvalidTermsException] naming the field that makes no sense.
    public PlanVersion {
        if (!CODE.matcher(plan).matches()) {
            throw new InvalidTermsException(
                    "plan", "It is no code. Send 1 to 63 small letters, digits and hyphens, such as growth-2028.");
        }
        if (version < 1) {
            throw new InvalidTermsException("version", "It is " + version + ". Versions count from 1.");
        }
        if (currency.getDefaultFractionDigits() < 0) {
            throw new InvalidTermsException(
                    "currency",
                    currency.getCurrencyCode() + " has no minor unit that an amount could be rounded to. Send the code"
                            + " of a currency that is paid with, such as USD or JPY.");
        }
        notNegative("fee", fee);
        if (minimumSpend != null) {
            notNegative("minimumSpend", minimumSpend);
        }
        if (maximumSpend != null) {
            notNegative("maximumSpend", maximumSpend);
            if (minimumSpend != null && minimumSpend.compareTo(maximumSpend) > 0) {
                throw new InvalidTermsException(
                        "maximumSpend",
                        "The maximum " + maximumSpend.toPlainString() + " is below the minimum "
                                + minimumSpend.toPlainString() + ".");
            }
        }
        if (trialDays < 0 || trialDays > MOST_TRIAL_DAYS) {
            throw new InvalidTermsException("trialDays", "It is " + trialDays + ". Send 0 to " + MOST_TRIAL_DAYS + ".");
        }
        charges = Map.copyOf(new TreeMap<>(charges));
        phases = List.copyOf(phases);
    }

    /// Some periods in a row, counted from the subscription's first.
    ///
    /// @param periods how many
    /// @param feeFactor what the fee is multiplied by: 0.5 is half of it
    public record Phase(int periods, BigDecimal feeFactor) {

        public Phase {
            if (periods < 1) {
                throw new InvalidTermsException("phases.periods", "It is " + periods + ". Send 1 or more.");
            }
            notNegative("phases.feeFactor", feeFactor);
        }
    }

    /// What the fee is multiplied by in a period.
    ///
    /// @param number of the period, the subscription's first being 0
    BigDecimal feeFactor(long number) {
        long left = number;
        for (Phase phase : phases) {
            if (left < phase.periods()) {
                return phase.feeFactor();
            }
            left -= phase.periods();
        }
        return BigDecimal.ONE;
    }

    private static void notNegative(String field, BigDecimal value) {
        if (value.signum() < 0) {
            throw new InvalidTermsException(field, "It is negative. Send 0 or more.");
        }
    }
}
