package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.pricebook.catalogue.Catalogue;
import io.weir.billing.pricebook.catalogue.Listing;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueImportTests {

    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00Z");

    private static final String LITELLM = """
            {"sample_spec": {"litellm_provider": "one of many", "mode": "chat", "input_cost_per_token": 0},
             "gpt-5.6-sol": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1050000,
               "max_output_tokens": 128000, "supports_reasoning": true,
               "input_cost_per_token": 4e-06, "input_cost_per_token_above_272k_tokens": 8e-06,
               "input_cost_per_token_flex": 2e-06, "input_cost_per_token_above_272k_tokens_priority": 1.6e-05,
               "input_cost_per_token_batches": 2e-06,
               "output_cost_per_token": 2e-05, "output_cost_per_token_above_272k_tokens": 3e-05,
               "cache_read_input_token_cost": 4e-07, "cache_creation_input_token_cost": 5e-06,
               "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.01},
               "regional_processing_uplift_multiplier_eu": 1.1, "input_cost_per_character": 1e-06},
             "claude-sonnet-4-5": {"litellm_provider": "anthropic", "mode": "chat", "max_input_tokens": 200000,
               "max_output_tokens": 64000, "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
               "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
               "cache_creation_input_token_cost_above_200k_tokens": 7.5e-06,
               "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05},
             "gemini/gemini-2.5-flash": {"litellm_provider": "gemini", "mode": "chat", "max_tokens": 65535,
               "input_cost_per_token": 3e-07, "input_cost_per_audio_token": 1e-06, "output_cost_per_token": 2.5e-06},
             "dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_image": 0.04},
             "gpt-odd": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.23456789012345e-07,
               "output_cost_per_token": 0}}
            """;

    private static final String OPENROUTER = """
            {"data": [
              {"id": "anthropic/claude-sonnet-4.5", "context_length": 1000000,
               "top_provider": {"max_completion_tokens": 64000},
               "pricing": {"prompt": "0.000003", "completion": "0.000015", "request": "0", "image": "0.0048",
                           "web_search": "0.01", "internal_reasoning": "0", "input_cache_read": "0.0000003",
                           "input_cache_write": "0.00000375"}},
              {"id": "google/gemini-2.5-flash:free", "pricing": {"prompt": "0", "completion": "0"}},
              {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}}]}
            """;

    @Test
    void fieldsOfLiteLlmNameMeterThresholdAndTier() {
        Listing listing = read(Catalogue.LITELLM, LITELLM);
        assertThat(prices(listing, "gpt-5.6-sol"))
                .containsExactlyInAnyOrder(
                        "text_in standard 0 0.000004",
                        "text_in standard 272000 0.000008",
                        "text_in flex 0 0.000002",
                        "text_in priority 272000 0.000016",
                        "text_in batch 0 0.000002",
                        "text_out standard 0 0.00002",
                        "text_out standard 272000 0.00003",
                        "reasoning_out standard 0 0.00002",
                        "reasoning_out standard 272000 0.00003",
                        "text_in_cached standard 0 0.0000004",
                        "cache_write_5m standard 0 0.000005",
                        "search_call standard 0 0.01");
        assertThat(prices(listing, "claude-sonnet-4-5"))
                .contains(
                        "cache_write_1h standard 0 0.000006",
                        "cache_write_5m standard 200000 0.0000075",
                        "cache_write_1h standard 200000 0.000012");
        assertThat(prices(listing, "gemini-2.5-flash")).contains("audio_in standard 0 0.000001");
        assertThat(listing.entries()).noneMatch(entry -> entry.model().equals("dall-e-3"));
        assertThat(listing.passedOver()).containsExactly("openai/gpt-5.6-sol: input_cost_per_character");
    }

    @Test
    void moreThanTwelveDecimalsAreRoundedOnceAndNothingIsNoPrice() {
        assertThat(prices(read(Catalogue.LITELLM, LITELLM), "gpt-odd"))
                .containsExactly("text_in standard 0 0.000000123457");
        assertThatThrownBy(() -> read(
                        Catalogue.LITELLM,
                        "{\"m\": {\"litellm_provider\": \"openai\", \"mode\": \"chat\", \"input_cost_per_token\":"
                                + " 1e-14}}"))
                .hasMessageContaining("0.00000000000001 (expected: at least 0.000000000001)");
    }

    @Test
    void modelsOfOpenRouterGetTheirProvidersNames() {
        Listing listing = read(Catalogue.OPENROUTER, OPENROUTER);
        assertThat(listing.entries()).hasSize(1);
        assertThat(prices(listing, "claude-sonnet-4-5"))
                .containsExactlyInAnyOrder(
                        "text_in standard 0 0.000003",
                        "text_out standard 0 0.000015",
                        "search_call standard 0 0.01",
                        "text_in_cached standard 0 0.0000003",
                        "cache_write_5m standard 0 0.00000375");
        assertThat(listing.passedOver()).containsExactly("anthropic/claude-sonnet-4-5: image");
        assertThatThrownBy(() -> read(Catalogue.OPENROUTER, LITELLM)).hasMessage("no list under data");
    }

    @Test
    void newPricesBeginWhenTheyAreToldToAndTheOldOnesEndThere() {
        PriceBookSnapshot after = importing(Set.of()).apply(book());
        assertThat(after.rules().stream().map(CatalogueImportTests::words))
                .contains(
                        "claude/text_in@1 0.000002 to " + JUNE,
                        "anthropic/claude-sonnet-4-5/text_in@2026-06-01 0.000003 to null",
                        "claude/text_out@1 0.000015 to null")
                .noneMatch(rule -> rule.contains("/text_out@2026-06-01"));
        assertThat(after.models()).isEqualTo(book().models());
        // Once more changes nothing.
        assertThat(importing(Set.of()).apply(after)).isEqualTo(after);
    }

    @Test
    void aModelThatIsNamedIsAddedWithItsLimits() {
        PriceBookSnapshot after = importing(Set.of("gpt-5.6-sol")).apply(book());
        assertThat(after.models()).extracting(Model::model).containsExactly("claude-sonnet-4-5", "gpt-5.6-sol");
        assertThatThrownBy(() -> importing(Set.of("gpt-odd")).apply(book()))
                .isInstanceOf(InvalidPriceBookException.class)
                .hasMessageContaining("openai/gpt-odd: no limits or no prices of text");
    }

    private static CatalogueImport importing(Set<String> models) {
        return new CatalogueImport(read(Catalogue.LITELLM, LITELLM), models, "litellm", LocalDate.of(2026, 6, 1), JUNE);
    }

    private static PriceBookSnapshot book() {
        Model model = new Model("anthropic", "claude-sonnet-4-5", "chat", 200_000, 64_000, 0);
        return new PriceBookSnapshot(
                "list",
                "litellm",
                LocalDate.of(2026, 6, 1),
                List.of(model),
                List.of(rule("claude/text_in@1", Meter.TEXT_IN, "2"), rule("claude/text_out@1", Meter.TEXT_OUT, "15")),
                0);
    }

    private static Rule rule(String id, Meter meter, String perMillion) {
        return new Rule(
                id, "anthropic", "claude-sonnet-4-5", meter, Rate.perMillion(perMillion), "standard", 0, JANUARY, null);
    }

    private static String words(Rule rule) {
        return rule.id() + " " + rule.rate() + " to " + rule.effectiveTo();
    }

    private static Listing read(Catalogue catalogue, String json) {
        return catalogue.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> prices(Listing listing, String model) {
        return listing.entries().stream()
                .filter(entry -> entry.model().equals(model))
                .flatMap(entry -> entry.prices().stream())
                .map(price ->
                        price.meter().wireName() + " " + price.tier() + " " + price.contextOver() + " " + price.rate())
                .toList();
    }
}
