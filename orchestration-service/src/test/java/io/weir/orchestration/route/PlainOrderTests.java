package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.dialect.RoutingReader;
import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

class PlainOrderTests {

    private static final TenantSnapshot ANYBODY = Market.tenant(Routing.NONE);
    private final ModelCatalog catalog = new Market(List.of()).catalog();

    PlainOrderTests() {
        catalog.follow("a", book("a", "openai", "2"));
        catalog.follow("b", book("b", "azure", "1"));
    }

    private static PriceBookSnapshot book(String id, String provider, String price) {
        Rule rule = new Rule(
                id, provider, "vectors", Meter.TEXT_IN, Rate.perMillion(price), "standard", 0, Instant.EPOCH, null);
        return new PriceBookSnapshot(
                id,
                "test",
                LocalDate.of(2026, 11, 1),
                List.of(new Model(provider, "vectors", "embedding", 8_000, 0, 0)),
                List.of(rule),
                1);
    }

    private static RoutingWishes wishes(String provider) {
        RoutingReader reader = new RoutingReader();
        try (JsonParser json = JsonMapper.shared().createParser(provider)) {
            json.nextToken();
            reader.readProvider(json);
        }
        return reader.wishes();
    }

    private List<String> places(String provider, TenantSnapshot tenant) {
        return catalog.embeddings("vectors", "explicit", tenant, wishes(provider), 10).stream()
                .map(route -> route.provider().name())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | openai azure",
                "{\"order\":[\"azure\"]} | azure openai",
                "{\"order\":[\"azure\"],\"allow_fallbacks\":false} | azure",
                "{\"allow_fallbacks\":false} | openai",
                "{\"sort\":\"price\"} | azure openai",
                "{\"only\":[\"azure/vectors\"]} | azure",
                "{\"ignore\":[\"openai\"]} | azure",
                "{\"max_price\":{\"prompt\":1,\"completion\":0}} | azure",
            })
    void aRequestsWishesHoldForEmbeddings(String provider, String places) {
        assertThat(places(provider, ANYBODY)).containsExactly(places.split(" "));
    }

    @Test
    void soDoTheTenants() {
        assertThat(places("{}", Market.tenant(new Routing(null, List.of(), List.of(), List.of(), Sort.PRICE, null))))
                .containsExactly("azure", "openai");
        assertThat(places("{}", Market.tenant(new Routing(null, List.of(), List.of("azure"), List.of(), null, null))))
                .containsExactly("azure");
        TenantSnapshot frugal = Market.tenant(new Routing(null, List.of(), List.of(), List.of(), null, BigDecimal.ONE));
        assertThat(places("{}", frugal)).containsExactly("azure");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"only\":[\"gemini\"]} | provider.only",
                "{\"max_price\":{\"prompt\":0.5}} | provider.max_price.prompt",
                "{\"sort\":\"latency\"} | provider.sort",
                "{\"order\":[\"gemini\"],\"allow_fallbacks\":false} | provider.order",
            })
    void whereNobodyIsLeftTheWishIsNamed(String provider, String param) {
        assertThatThrownBy(() -> places(provider, ANYBODY))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.param()).isEqualTo(param));
    }
}
