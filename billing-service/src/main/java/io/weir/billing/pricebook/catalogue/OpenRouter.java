package io.weir.billing.pricebook.catalogue;

import io.weir.billing.pricebook.catalogue.Listing.Entry;
import io.weir.billing.pricebook.catalogue.Listing.Price;
import io.weir.money.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A list of models, whose ids begin with their vendor. Variants after a colon, such as `:free`, are others'
/// offers.
final class OpenRouter {

    private static final Map<String, String> PROVIDERS =
            Map.of("openai", "openai", "anthropic", "anthropic", "google", "gemini");
    private static final Map<String, Meter> METERS = Map.of(
            "prompt", Meter.TEXT_IN,
            "completion", Meter.TEXT_OUT,
            "internal_reasoning", Meter.REASONING_OUT,
            "input_cache_read", Meter.TEXT_IN_CACHED,
            "input_cache_write", Meter.CACHE_WRITE_5M,
            "input_cache_write_1h", Meter.CACHE_WRITE_1H,
            "audio", Meter.AUDIO_IN,
            "web_search", Meter.SEARCH_CALL,
            "request", Meter.REQUEST);

    private OpenRouter() {}

    static Listing read(JsonNode root) {
        if (!root.path("data").isArray()) {
            throw new IllegalArgumentException("no list under data");
        }
        List<Entry> entries = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        for (JsonNode model : root.path("data").values()) {
            String id = model.path("id").asString("");
            int slash = id.indexOf('/');
            String provider = PROVIDERS.get(slash < 0 ? "" : id.substring(0, slash));
            if (provider != null && id.indexOf(':') < 0) {
                entries.add(entry(provider, id.substring(slash + 1), model, passedOver));
            }
        }
        return new Listing(entries, passedOver);
    }

    private static Entry entry(String provider, String slug, JsonNode model, List<String> passedOver) {
        // Anthropic's own names have no dots.
        String name = provider.equals("anthropic") ? slug.replace('.', '-') : slug;
        List<Price> prices = new ArrayList<>();
        model.path("pricing").forEachEntry((field, value) -> {
            Meter meter = METERS.get(field);
            if (meter != null) {
                Catalogue.rate(value).ifPresent(rate -> prices.add(new Price(meter, "standard", 0, rate)));
            } else if (value.isContainer() || Catalogue.rate(value).isPresent()) {
                passedOver.add(provider + "/" + name + ": " + field);
            }
        });
        return new Entry(
                provider,
                name,
                "chat",
                model.path("context_length").asLong(0),
                model.path("top_provider").path("max_completion_tokens").asLong(0),
                prices);
    }
}
