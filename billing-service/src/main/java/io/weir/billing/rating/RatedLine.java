package io.weir.billing.rating;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import java.time.Instant;
import java.util.List;

/// One line of an invoice: what it comes to exactly, and rounded.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RatedLine.PlanFee.class, name = "plan_fee"),
    @JsonSubTypes.Type(value = RatedLine.CallOverage.class, name = "call_overage"),
    @JsonSubTypes.Type(value = RatedLine.ModelUsage.class, name = "model_usage")
})
public sealed interface RatedLine {

    ExactAmount exact();

    RoundedAmount amount();

    /// The plan's monthly fee, whole, whatever part of the period was used.
    record PlanFee(String plan, ExactAmount exact, RoundedAmount amount) implements RatedLine {}

    /// Billable calls beyond those within the fee.
    ///
    /// @param calls all billable calls of the period
    /// @param included calls within the fee per `includedPer`, `day` or `month` of the tenant's time zone
    /// @param billed calls beyond them
    record CallOverage(
            long calls,
            long included,
            String includedPer,
            long billed,
            Rate unitPrice,
            ExactAmount exact,
            RoundedAmount amount)
            implements RatedLine {}

    /// The use of one provider's model.
    ///
    /// @param exactCost the price book's cost of the usage
    /// @param markup factor of the plan; `exact` is their product
    /// @param priceRules ids of the rules that priced it
    /// @param sealedHours what it is made of; their `exact` add up to `exactCost`
    record ModelUsage(
            String provider,
            String model,
            Quantities quantities,
            Amount exactCost,
            Rate markup,
            ExactAmount exact,
            RoundedAmount amount,
            List<String> priceRules,
            List<HourShare> sealedHours)
            implements RatedLine {

        public ModelUsage {
            priceRules = List.copyOf(priceRules);
            sealedHours = List.copyOf(sealedHours);
        }

        /// The same line, without saying what it is made of.
        public ModelUsage withoutHours() {
            return new ModelUsage(provider, model, quantities, exactCost, markup, exact, amount, priceRules, List.of());
        }
    }

    /// The part of a line that one sealed hour accounts for.
    ///
    /// @param version of the sealed hour that was rated
    /// @param hash of that version
    /// @param exact cost before markup
    record HourShare(Instant hour, long version, String hash, Amount exact) {}
}
