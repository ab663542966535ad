package io.weir.orchestration.route;

import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.provider.Provider;
import io.weir.pricing.PriceList;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/// Routes at prices per million tokens.
public final class Routes {

    private Routes() {}

    public static Route of(String provider, String name, Map<Meter, String> perMillion) {
        Model model = new Model(provider, name, "chat", 128_000, 16_384, 0);
        List<Rule> rules = perMillion.entrySet().stream()
                .map(price -> new Rule(
                        name + "/" + price.getKey().wireName(),
                        provider,
                        name,
                        price.getKey(),
                        Rate.perMillion(price.getValue()),
                        "standard",
                        0,
                        Instant.EPOCH,
                        null))
                .toList();
        PriceBookSnapshot book =
                new PriceBookSnapshot("b", "test", LocalDate.of(2026, 11, 1), List.of(model), rules, 1);
        return new Route(
                model,
                new Provider(provider, "http://x/v1", "k", new OpenAiDialect()),
                new PriceList(book),
                "auto",
                "auto");
    }

    public static Candidate candidate(Route route, int limit, boolean asked) {
        return new Candidate(route, new OutputCeiling(route, 100, 1, limit, asked, Instant.EPOCH), List.of());
    }
}
