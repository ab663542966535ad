package io.weir.billing.subscription;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.billing.rating.ExactAmount;
import io.weir.billing.rating.RoundedAmount;
import io.weir.billing.rating.calendar.Proration;
import io.weir.billing.rating.model.Part;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One line of what a period comes to, rounded once.
///
/// @param key stable, and unique within the bill
/// @param share of the period in which the terms held
/// @param metric that is priced; null: none is
/// @param addOn that is charged; null: none is
/// @param quantity of the metric, or of add-ons; null: none
/// @param parts how `exact` came about, where a metric is priced
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BillLine(
        String key,
        Kind kind,
        String plan,
        int version,
        Proration share,
        @Nullable Metric metric,
        @Nullable String addOn,
        @Nullable ExactAmount quantity,
        @JsonIgnore List<Part> parts,
        ExactAmount exact,
        RoundedAmount amount) {

    public BillLine {
        parts = List.copyOf(parts);
    }

    /// What is charged.
    public enum Kind {
        FEE,
        ADD_ON,
        USAGE,
        /// Fills up to the plan's minimum.
        MINIMUM,
        /// Cuts at the plan's maximum.
        MAXIMUM;

        /// The word used on the wire.
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
