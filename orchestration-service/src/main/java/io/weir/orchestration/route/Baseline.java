package io.weir.orchestration.route;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.pricing.PriceList;
import io.weir.pricing.PriceList.Priced;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The model that savings are measured against, and its prices.
public record Baseline(Model model, PriceList prices) {

    /// The route's own model and prices.
    public static Baseline of(Route route) {
        return new Baseline(route.model(), route.prices());
    }

    /// What the same usage would have cost here: each meter at this model's rate. Where it has none for a meter of the
    /// prompt or of the answer, that meter counts as plain input or output. Empty where a meter is neither.
    public Optional<Amount> cost(Quantities used, Instant at) {
        return switch (prices.price(model, used, at)) {
            case Priced.Complete(var lines, Amount cost) -> Optional.of(cost);
            case Priced.Unpriced(Set<Meter> missing) -> plainCost(used, missing, at);
        };
    }

    private Optional<Amount> plainCost(Quantities used, Set<Meter> missing, Instant at) {
        Map<Meter, Long> plain = new EnumMap<>(Meter.class);
        used.byMeter()
                .forEach((meter, quantity) ->
                        plain.merge(missing.contains(meter) ? plain(meter) : meter, quantity, Math::addExact));
        return prices.price(model, new Quantities(plain), at) instanceof Priced.Complete(var lines, Amount cost)
                ? Optional.of(cost)
                : Optional.empty();
    }

    private static Meter plain(Meter meter) {
        if (meter.isInput()) {
            return Meter.TEXT_IN;
        }
        return meter.isOutput() ? Meter.TEXT_OUT : meter;
    }
}
