package io.weir.orchestration;

import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// A price book with models of three providers, at prices in the order of the real ones.
final class Catalogue {

    private final List<Model> models = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    private Catalogue() {}

    static PriceBookSnapshot threeProviders() {
        Catalogue all = new Catalogue();
        all.add("openai", "gpt-4o-mini", 128_000, 16_384, "0.15", "0.075", "0.60");
        all.add("openai", "gpt-4o", 128_000, 16_384, "2.50", "1.25", "10");
        all.add("openai", "gpt-5.6-luna", 1_050_000, 128_000, "0.20", "0.02", "1.20");
        all.add("openai", "gpt-5.6-terra", 1_050_000, 128_000, "2", "0.20", "12");
        all.add("openai", "gpt-5.6-sol", 1_050_000, 128_000, "4", "0.40", "20");
        all.add("anthropic", "claude-haiku-4-5", 200_000, 64_000, "1", "0.10", "5");
        all.add("anthropic", "claude-sonnet-4-5", 1_000_000, 64_000, "3", "0.30", "15");
        all.add("anthropic", "claude-opus-4-6", 1_000_000, 128_000, "5", "0.50", "25");
        all.add("gemini", "gemini-2.5-pro", 1_048_576, 65_536, "1.25", "0.125", "10");
        return new PriceBookSnapshot("list", "test", LocalDate.of(2026, 11, 1), all.models, all.rules, 2);
    }

    /// One tenant's own book, in which a model of OpenAI's has another window than OpenAI gives it.
    static PriceBookSnapshot claiming(TenantId tenant, String model, long window) {
        Catalogue one = new Catalogue();
        one.add("openai", model, window, 16_384, "2.50", "1.25", "10");
        return new PriceBookSnapshot(
                "of-" + tenant, "test", LocalDate.of(2026, 11, 1), one.models, one.rules, 2, tenant);
    }

    private void add(String provider, String model, long window, long output, String in, String cached, String out) {
        models.add(new Model(provider, model, "chat", window, output, 1_721_172_741));
        rule(provider, model, Meter.TEXT_IN, in);
        rule(provider, model, Meter.TEXT_IN_CACHED, cached);
        rule(provider, model, Meter.CACHE_WRITE_5M, in);
        rule(provider, model, Meter.TEXT_OUT, out);
        if (!model.startsWith("gpt-4o")) {
            rule(provider, model, Meter.REASONING_OUT, out);
        }
    }

    private void rule(String provider, String model, Meter meter, String perMillion) {
        rules.add(new Rule(
                model + "/" + meter.wireName(),
                provider,
                model,
                meter,
                Rate.perMillion(perMillion),
                "standard",
                0,
                Instant.EPOCH,
                null));
    }
}
