package io.weir.billing.rating;

import io.weir.money.Amount;
import java.util.List;

/// What a tenant's period comes to.
///
/// @param billableCalls of the whole period
/// @param exactModelCost sum of the price book's costs, before markup and rounding
/// @param total sum of the rounded lines
public record RatedPeriod(List<RatedLine> lines, long billableCalls, Amount exactModelCost, RoundedAmount total) {

    public RatedPeriod {
        lines = List.copyOf(lines);
    }
}
