package io.weir.bench;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.pricing.PriceList;
import io.weir.pricing.PriceList.Priced;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Prices of a call, from a book of 300 models with four rates each: its ceiling before, its cost after.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PriceBench {

    private static final int MODELS = 300;
    private static final Instant NOW = Instant.parse("2028-02-29T12:00:00Z");
    private static final List<Meter> METERS =
            List.of(Meter.TEXT_IN, Meter.TEXT_IN_CACHED, Meter.TEXT_OUT, Meter.REASONING_OUT);

    private final PriceList prices = new PriceList(book());
    private final Model model = prices.model("model-150").orElseThrow();
    private final Quantities used = Quantities.of(Meter.TEXT_IN, 1_200);

    private static PriceBookSnapshot book() {
        List<Model> models = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            String name = "model-" + i;
            models.add(new Model("openai", name, "chat", 128_000, 16_384, 1_700_000_000));
            for (Meter meter : METERS) {
                rules.add(new Rule(
                        name + "/" + meter.wireName(),
                        "openai",
                        name,
                        meter,
                        Rate.perMillion("0.15"),
                        "standard",
                        0,
                        Instant.EPOCH,
                        null));
            }
        }
        return new PriceBookSnapshot("bench", "bench", LocalDate.of(2026, 11, 1), models, rules, 1);
    }

    /// What it may cost at most.
    @Benchmark
    public Optional<Amount> ceiling() {
        return prices.ceiling(model, 1_200, 500, NOW);
    }

    /// What it did cost.
    @Benchmark
    public Priced price() {
        return prices.price(model, used, NOW);
    }

    /// The model by its name.
    @Benchmark
    public Optional<Model> find() {
        return prices.model("model-299");
    }
}
