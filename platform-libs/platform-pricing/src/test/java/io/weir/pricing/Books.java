package io.weir.pricing;

import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.DailyHours;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Price books for tests, put together rule by rule.
final class Books {

    static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Model model;
    private final List<Rule> rules = new ArrayList<>();

    private Books(String model, String mode) {
        this.model = new Model("openai", model, mode, 128_000, 16_384, 0);
    }

    static Books selling(String model) {
        return selling(model, "chat");
    }

    static Books selling(String model, String mode) {
        return new Books(model, mode);
    }

    /// The list prices of gpt-4o-mini.
    static Books gpt4oMini() {
        return selling("gpt-4o-mini")
                .at("0.15", Meter.TEXT_IN)
                .at("0.075", Meter.TEXT_IN_CACHED)
                .at("0.60", Meter.TEXT_OUT);
    }

    Books at(String perMillion, Meter meter) {
        return rule(meter, Rate.perMillion(perMillion), "standard", 0, EARLY, null);
    }

    Books over(long promptTokens, String perMillion, Meter meter) {
        return rule(meter, Rate.perMillion(perMillion), "standard", promptTokens, EARLY, null);
    }

    Books rule(Meter meter, Rate rate, String tier, long over, Instant from, @Nullable Instant to) {
        String id = meter.wireName() + "/" + tier + "/" + over + "@" + from;
        rules.add(new Rule(id, model.provider(), model.model(), meter, rate, tier, over, from, to));
        return this;
    }

    /// As [#at], in these hours of the day.
    Books during(DailyHours hours, String perMillion, Meter meter) {
        String id = meter.wireName() + "/" + hours.from() + "-" + hours.to();
        Rate rate = Rate.perMillion(perMillion);
        rules.add(new Rule(id, model.provider(), model.model(), meter, rate, "standard", 0, EARLY, null, hours));
        return this;
    }

    Model model() {
        return model;
    }

    PriceList list() {
        return new PriceList(
                new PriceBookSnapshot("list", "test", LocalDate.of(2026, 11, 1), List.of(model), rules, 1));
    }
}
