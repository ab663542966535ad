package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.route.Market.Offer;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTests {

    private static final TenantSnapshot ANYBODY = Market.tenant(null);

    private final Market market = new Market(List.of(
            new Offer("openai", "small", "1", "4", 8_000),
            new Offer("azure", "small", "0.5", "2", 8_000),
            new Offer("openai", "medium", "3", "12", 64_000),
            new Offer("anthropic", "medium", "2", "20", 64_000),
            new Offer("anthropic", "large", "10", "50", 400_000)));

    private static TenantSnapshot tenant(List<String> only, List<String> ignore) {
        return Market.tenant(new Routing(null, List.of(), only, ignore, null, null));
    }

    private List<String> places(String fields, TenantSnapshot tenant) {
        return Market.places(market.plan(fields, tenant));
    }

    private static String reason(Plan plan) {
        return plan.candidates().getFirst().route().reason();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"model\":\"small\", | openai/small azure/small",
                "\"model\":\"small\",\"provider\":null,\"models\":null, | openai/small azure/small",
                "\"model\":\"small\",\"provider\":{}, | openai/small azure/small",
                "\"model\":\"small\",\"provider\":{\"order\":[\"azure\"]}, | azure/small openai/small",
                "\"model\":\"small\",\"provider\":{\"order\":[\"nobody\",\"Azure/small\"]}, | azure/small openai/small",
                "\"model\":\"small\",\"provider\":{\"sort\":\"price\"}, | azure/small openai/small",
                "\"model\":\"small\",\"provider\":{\"only\":[\"azure\"]}, | azure/small",
                "\"model\":\"small\",\"provider\":{\"ignore\":[\"openai\"]}, | azure/small",
                "\"model\":\"small\",\"provider\":{\"max_price\":{\"prompt\":0.5}}, | azure/small",
                "\"model\":\"small\",\"provider\":{\"max_price\":{\"completion\":2,\"request\":0}}, | azure/small",
                "\"model\":\"small\",\"provider\":{\"allow_fallbacks\":false}, | openai/small",
                "\"model\":\"small\",\"provider\":{\"allow_fallbacks\":false,\"sort\":\"price\"}, | azure/small",
                "\"model\":\"small\",\"provider\":{\"allow_fallbacks\":false,\"order\":[\"azure\"]}, | azure/small",
                "\"model\":\"medium\",\"models\":[\"small\"], | openai/medium anthropic/medium openai/small azure/small",
                "\"models\":[\"large\",\"medium\",\"large\"], | anthropic/large openai/medium anthropic/medium",
                "\"models\":[\"large\",\"medium\"],\"provider\":{\"allow_fallbacks\":false}, | anthropic/large openai/medium",
                "\"model\":\"auto\",\"models\":[\"large\",\"medium\"],\"provider\":{\"only\":[\"anthropic\"]}, | anthropic/medium anthropic/large",
                "\"model\":\"auto\",\"provider\":{\"only\":[\"openai/medium\",\"anthropic/large\"]}, | openai/medium anthropic/large",
                "\"model\":\"auto\",\"provider\":{\"order\":[\"anthropic/large\"],\"allow_fallbacks\":false}, | anthropic/large",
                "\"model\":\"auto\",\"provider\":{\"allow_fallbacks\":false}, | azure/small",
            })
    void aRequestsWishesDecideWhoIsAskedAndInWhichOrder(String fields, String places) {
        assertThat(places(fields, ANYBODY)).containsExactly(places.split(" "));
    }

    @Test
    void theReasonNamesTheWishThatDecided() {
        assertThat(reason(market.plan("\"model\":\"small\",\"provider\":{\"order\":[\"azure\"]},", ANYBODY)))
                .isEqualTo("explicit; small at azure is no. 1 in the request's order");
        assertThat(reason(market.plan("\"model\":\"small\",\"provider\":{\"sort\":\"price\"},", ANYBODY)))
                .isEqualTo("explicit; azure is the cheapest of 2 providers");
        assertThat(reason(market.plan(
                        "\"model\":\"auto\",\"provider\":{\"ignore\":[\"azure\",\"anthropic/large\"]},", ANYBODY)))
                .startsWith("auto: simple classification; ")
                .endsWith("; 2 left out by provider.ignore");
        assertThat(reason(market.plan("\"model\":\"small\",\"provider\":{\"ignore\":[\"openai\"]},", ANYBODY)))
                .isEqualTo("explicit; 1 left out by provider.ignore");
        assertThat(market.plan("\"model\":\"small\",\"provider\":{\"ignore\":[\"openai\"]},", ANYBODY)
                        .decision()
                        .leftOut())
                .singleElement()
                .satisfies(one -> assertThat(one.why()).isEqualTo("provider.ignore"));
    }

    // Its caches cost far more to write to than its text.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"x\":{\"cache_control\":{\"type\":\"ephemeral\"}},|true",
                "\"x\":{\"\\u0063ache_control\":{}},|true",
                "\"x\":\"h\\u00e4 cache_control\",|false",
                "\"x\":1,|false",
            })
    void theHighestPriceIsOfWhatTheRequestCanBeChargedFor(String mark, boolean marked) {
        String fields = "\"model\":\"small\"," + mark + "\"provider\":{\"max_price\":{\"prompt\":1}},";
        if (marked) {
            refused(fields, ANYBODY).extracting(RouterTests::param).isEqualTo("400 provider.max_price.prompt");
        } else {
            assertThat(places(fields, ANYBODY)).containsExactly("openai/small", "azure/small");
        }
    }

    @Test
    void whatACallMayNameIsKnown() {
        assertThat(List.of("auto", "house", "small", "nothing"))
                .filteredOn(name -> market.router().knows(name, ANYBODY))
                .containsExactly("auto", "house", "small");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(String fields, TenantSnapshot tenant) {
        return assertThatThrownBy(() -> market.plan(fields, tenant)).isInstanceOf(PlatformException.class);
    }

    private static String param(Throwable problem) {
        PlatformException refused = (PlatformException) problem;
        return refused.type().status() + " " + refused.param();
    }

    @Test
    void whereNobodyIsLeftTheWishIsNamed() {
        refused("\"model\":\"small\",\"provider\":{\"only\":[\"anthropic\"]},", ANYBODY)
                .hasMessageContaining("small at openai by provider.only, small at azure by provider.only")
                .extracting(RouterTests::param)
                .isEqualTo("400 provider.only");
        refused("\"model\":\"auto\",\"provider\":{\"max_price\":{\"completion\":1}},", ANYBODY)
                .extracting(RouterTests::param)
                .isEqualTo("400 provider.max_price.completion");
        refused("\"model\":\"small\",\"provider\":{\"only\":[\"openai\"]},", tenant(List.of("azure"), List.of()))
                .hasMessageContaining("small at openai by the tenant's routing.only")
                .hasMessageContaining("small at azure by provider.only")
                .extracting(RouterTests::param)
                .isEqualTo("400 provider.only");
        refused("\"model\":\"small\",", tenant(List.of("anthropic"), List.of()))
                .extracting(RouterTests::param)
                .isEqualTo("404 model");
        refused("\"model\":\"small\",\"provider\":{\"order\":[\"gemini\"],\"allow_fallbacks\":false},", ANYBODY)
                .extracting(RouterTests::param)
                .isEqualTo("400 provider.order");
        refused("\"model\":\"small\",\"models\":[\"medium\",\"tiny\"],", ANYBODY)
                .extracting(RouterTests::param)
                .isEqualTo("404 models[1]");
        refused("\"model\":\"auto\",\"models\":[\"tiny\"],", ANYBODY)
                .extracting(RouterTests::param)
                .isEqualTo("404 models[0]");
    }

    @Test
    void aRequestCannotEscapeItsTenantsFence() {
        TenantSnapshot held = tenant(List.of("azure", "anthropic"), List.of("anthropic/large"));
        assertThat(places("\"model\":\"small\",\"provider\":{\"order\":[\"openai\"]},", held))
                .containsExactly("azure/small");
        assertThat(places("\"model\":\"auto\",\"provider\":{\"order\":[\"anthropic/large\"]},", held))
                .containsExactlyInAnyOrder("azure/small", "anthropic/medium");
        TenantSnapshot thrifty =
                Market.tenant(new Routing(null, List.of(), List.of(), List.of(), null, new BigDecimal("12")));
        assertThat(places("\"model\":\"auto\",\"provider\":{\"max_price\":{\"completion\":100}},", thrifty))
                .containsExactlyInAnyOrder("openai/small", "azure/small", "openai/medium");
    }

    @Test
    void whatATenantRulesOutIsNotShownToItEither() {
        TenantSnapshot held = tenant(List.of("openai"), List.of("openai/medium"));
        assertThat(market.catalog().models(held)).extracting("model").containsExactly("small");
        assertThat(market.catalog().find("large", held)).isEmpty();
        assertThat(market.catalog().unknown("large", held)).hasMessageContaining("routing.only rules out large");
    }

    @Test
    void theTenantsSortHoldsUntilTheRequestHasOne() {
        TenantSnapshot hurried = Market.tenant(new Routing(null, List.of(), List.of(), List.of(), Sort.LATENCY, null));
        market.speeds().observe("openai", "small", 90L, 100, 1_000);
        market.speeds().observe("azure", "small", 300L, 100, 500);
        Plan quickest = market.plan("\"model\":\"small\",", hurried);
        assertThat(Market.places(quickest)).containsExactly("openai/small", "azure/small");
        assertThat(reason(quickest)).isEqualTo("explicit; openai is the quickest to begin of 2 providers");
        assertThat(places("\"model\":\"small\",\"provider\":{\"sort\":\"throughput\"},", hurried))
                .containsExactly("azure/small", "openai/small");
        assertThat(places("\"model\":\"small\",\"provider\":{\"sort\":\"price\"},", hurried))
                .containsExactly("azure/small", "openai/small");
    }

    @Test
    void aPromptThatTheFirstModelCannotTakeGoesToTheNextOneThatTheRequestNames() {
        String prompt = "water ".repeat(20_000);
        Plan plan = market.plan("\"models\":[\"small\",\"medium\"],", prompt, ANYBODY);
        assertThat(Market.places(plan)).containsExactly("openai/medium", "anthropic/medium");
        assertThat(reason(plan))
                .isEqualTo("explicit; medium is no. 2 of the request's models, none before it can serve");
        assertThat(plan.candidates().getFirst().route().requestedModel()).isEqualTo("small");
        assertThat(plan.baseline().orElseThrow().model().model()).isEqualTo("small");
    }

    @Test
    void aNameThatIsSplitIsServedByItsModelsInTheirShares() {
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 64; i++) {
            Plan plan = market.plan("\"model\":\"house\",", "Hello", ANYBODY, "request-" + i);
            Route route = plan.candidates().getFirst().route();
            first.add(route.model().model());
            assertThat(route.requestedModel()).isEqualTo("house");
            assertThat(route.reason()).startsWith("split of house");
            assertThat(Market.places(plan))
                    .containsExactlyInAnyOrder("openai/small", "azure/small", "openai/medium", "anthropic/medium");
            assertThat(Market.places(market.plan("\"model\":\"house\",", "Hello", ANYBODY, "request-" + i)))
                    .isEqualTo(Market.places(plan));
        }
        assertThat(first).containsExactlyInAnyOrder("small", "medium");
        refused("\"model\":\"house\",\"provider\":{\"only\":[\"anthropic/large\"]},", ANYBODY)
                .extracting(RouterTests::param)
                .isEqualTo("400 provider.only");
    }

    @Test
    void aDecisionSaysWhoWasConsideredWhoWasLeftOutAndWhatIsSaved() {
        Decision auto = market.plan(
                        "\"model\":\"auto\",\"max_tokens\":5000,\"provider\":{\"ignore\":[\"azure\"]},", ANYBODY)
                .decision();
        assertThat(auto.considered()).extracting(one -> one.route().place()).containsExactly("large at anthropic");
        assertThat(auto.leftOut()).extracting(LeftOut::by).containsOnly(LeftOut.By.REQUEST, LeftOut.By.MODEL);
        assertThat(auto.words())
                .startsWith("large at anthropic (expected $0.")
                .contains("small at azure (provider.ignore)", "small at openai ('max_tokens' is too large: 5000.")
                .matches("[ -~]+");
        Decision named = market.plan("\"model\":\"small\",\"provider\":{\"sort\":\"price\"},", ANYBODY)
                .decision();
        assertThat(named.saving()).isNotNull();
        assertThat(named.words()).contains("; expected to save $0.").endsWith(" against small");
    }
}
