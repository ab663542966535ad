package io.weir.billing.invoice.page;

import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.billing.rating.SealedHoursHash;
import io.weir.money.Meter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The use of one model as the template shows it.
///
/// @param note the number of its footnote
/// @param meters what it is made of beyond plain tokens; null where that is all
/// @param listCost the price book's cost, before the plan's markup
/// @param percent of all models' amounts, as a bar's length
/// @param share the same in words
record ModelRow(
        int note,
        String model,
        String provider,
        String tokensIn,
        String tokensOut,
        @Nullable String meters,
        String listCost,
        String markup,
        String exact,
        String amount,
        String percent,
        String share,
        List<String> priceRules,
        String hours,
        String hash) {

    private static final Set<Meter> PLAIN = Set.of(Meter.TEXT_IN, Meter.TEXT_OUT);

    static ModelRow of(int note, ModelUsage usage, BigDecimal whole) {
        BigDecimal percent = Figures.percent(usage.amount().value(), whole);
        return new ModelRow(
                note,
                usage.model(),
                usage.provider(),
                Figures.count(usage.quantities().input()),
                Figures.count(usage.quantities().output()),
                meters(usage.quantities().byMeter()),
                Figures.decimal(usage.exactCost().value()),
                usage.markup().toPlainString(),
                Figures.decimal(usage.exact().value()),
                Figures.decimal(usage.amount().value()),
                percent.toPlainString(),
                percent.signum() == 0 && usage.exact().value().signum() > 0 ? "under 0.1" : percent.toPlainString(),
                usage.priceRules(),
                Figures.count(usage.sealedHours().size()),
                SealedHoursHash.of(usage.sealedHours()));
    }

    private static @Nullable String meters(Map<Meter, Long> byMeter) {
        if (PLAIN.containsAll(byMeter.keySet())) {
            return null;
        }
        return byMeter.entrySet().stream()
                .map(meter -> meter.getKey().wireName().replace('_', ' ') + " " + Figures.count(meter.getValue()))
                .collect(Collectors.joining(", "));
    }
}
