package io.weir.orchestration;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/// The plan and the list prices of a [Mesh] at its start.
final class Offer {

    private Offer() {}

    static PlanSnapshot growth() {
        PlanSnapshot.Terms terms = new PlanSnapshot.Terms(
                Instant.EPOCH,
                Amount.of("499"),
                100_000L,
                PlanSnapshot.Period.MONTH,
                Rate.of("0.005"),
                Rate.of("1"),
                4_096,
                500L,
                500_000L);
        return new PlanSnapshot("growth", "Growth", List.of(terms), 1);
    }

    static PriceBookSnapshot priceBook() {
        return new PriceBookSnapshot(
                "list",
                "test",
                LocalDate.of(2026, 11, 1),
                List.of(
                        new Model("openai", Mesh.MODEL, "chat", 128_000, 16_384, 1_721_172_741),
                        new Model("openai", "gpt-4o", "chat", 128_000, 16_384, 1_715_367_049),
                        new Model("openai", "text-embedding-3-small", "embedding", 8_192, 0, 1_705_948_997),
                        new Model("anthropic", Mesh.CLAUDE, "chat", 200_000, 64_000, 1_700_000_000),
                        new Model("gemini", Mesh.GEMINI, "chat", 1_048_576, 65_536, 1_700_000_000),
                        new Model("elsewhere", Mesh.NOT_SET_UP, "chat", 128_000, 16_384, 1_700_000_000)),
                List.of(
                        rule(Mesh.MODEL, Meter.TEXT_IN, "0.15"),
                        rule(Mesh.MODEL, Meter.TEXT_IN_CACHED, "0.075"),
                        rule(Mesh.MODEL, Meter.TEXT_OUT, "0.60"),
                        rule("gpt-4o", Meter.TEXT_IN, "2.50"),
                        rule("gpt-4o", Meter.TEXT_OUT, "10"),
                        rule("anthropic", Mesh.CLAUDE, Meter.TEXT_IN, "3"),
                        rule("anthropic", Mesh.CLAUDE, Meter.TEXT_IN_CACHED, "0.30"),
                        rule("anthropic", Mesh.CLAUDE, Meter.CACHE_WRITE_5M, "3.75"),
                        rule("anthropic", Mesh.CLAUDE, Meter.CACHE_WRITE_1H, "6"),
                        rule("anthropic", Mesh.CLAUDE, Meter.TEXT_OUT, "15"),
                        rule("elsewhere", Mesh.NOT_SET_UP, Meter.TEXT_IN, "1"),
                        rule("elsewhere", Mesh.NOT_SET_UP, Meter.TEXT_OUT, "1"),
                        rule("gemini", Mesh.GEMINI, Meter.TEXT_IN, "0.30"),
                        rule("gemini", Mesh.GEMINI, Meter.TEXT_IN_CACHED, "0.03"),
                        rule("gemini", Mesh.GEMINI, Meter.TEXT_OUT, "2.50"),
                        rule("gemini", Mesh.GEMINI, Meter.REASONING_OUT, "2.50")),
                1);
    }

    private static Rule rule(String model, Meter meter, String perMillion) {
        return rule("openai", model, meter, perMillion);
    }

    private static Rule rule(String provider, String model, Meter meter, String perMillion) {
        return new Rule(
                model + "/" + meter.wireName(),
                provider,
                model,
                meter,
                Rate.perMillion(perMillion),
                "standard",
                0,
                Instant.EPOCH,
                null);
    }
}
