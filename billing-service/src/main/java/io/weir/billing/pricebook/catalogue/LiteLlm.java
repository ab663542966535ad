package io.weir.billing.pricebook.catalogue;

import io.weir.billing.pricebook.catalogue.Listing.Entry;
import io.weir.billing.pricebook.catalogue.Listing.Price;
import io.weir.money.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One object per model; the name of a price's field says its meter, its threshold and its tier, as in
/// `input_cost_per_token_above_200k_tokens_priority`.
final class LiteLlm {

    private static final Set<String> MODES = Set.of("chat", "responses", "embedding");
    private static final Pattern FIELD =
            Pattern.compile("(?<base>[a-z_]+?(?:_above_1hr)?)(?:_above_(?<over>[0-9]{1,4})k_tokens)?"
                    + "(?:_(?<tier>batches|flex|priority))?");
    private static final Map<String, Meter> METERS = Map.of(
            "input_cost_per_token", Meter.TEXT_IN,
            "output_cost_per_token", Meter.TEXT_OUT,
            "output_cost_per_reasoning_token", Meter.REASONING_OUT,
            "cache_read_input_token_cost", Meter.TEXT_IN_CACHED,
            "cache_creation_input_token_cost", Meter.CACHE_WRITE_5M,
            "cache_creation_input_token_cost_above_1hr", Meter.CACHE_WRITE_1H,
            "input_cost_per_audio_token", Meter.AUDIO_IN,
            "output_cost_per_audio_token", Meter.AUDIO_OUT,
            "input_cost_per_image_token", Meter.IMAGE_IN,
            "output_cost_per_image_token", Meter.IMAGE_OUT);

    private final List<Entry> entries = new ArrayList<>();
    private final List<String> passedOver = new ArrayList<>();

    private LiteLlm() {}

    static Listing read(JsonNode root) {
        LiteLlm read = new LiteLlm();
        root.forEachEntry(read::model);
        return new Listing(read.entries, read.passedOver);
    }

    private void model(String key, JsonNode json) {
        String provider = json.path("litellm_provider").asString("");
        String mode = json.path("mode").asString("");
        if (key.equals("sample_spec") || provider.isEmpty() || !MODES.contains(mode)) {
            return;
        }
        String name = key.startsWith(provider + "/") ? key.substring(provider.length() + 1) : key;
        List<Price> prices = new ArrayList<>();
        json.forEachEntry((field, value) -> price(provider + "/" + name, field, value, prices));
        thoughts(json, prices);
        long most = json.path("max_output_tokens").asLong(0);
        long window =
                json.path("max_input_tokens").asLong(json.path("max_tokens").asLong(0));
        entries.add(new Entry(provider, name, mode, window, most, prices));
    }

    private void price(String model, String field, JsonNode value, List<Price> prices) {
        if (!field.contains("cost")) {
            return;
        }
        Matcher matcher = FIELD.matcher(field);
        Meter meter = matcher.matches() ? METERS.get(matcher.group("base")) : null;
        if (field.equals("search_context_cost_per_query")) {
            // What a search costs where the call does not say how much it wants.
            Catalogue.rate(value.path("search_context_size_medium"))
                    .ifPresent(rate -> prices.add(new Price(Meter.SEARCH_CALL, "standard", 0, rate)));
        } else if (meter == null) {
            if (!value.isNumber() || value.decimalValue().signum() != 0) {
                passedOver.add(model + ": " + field);
            }
        } else {
            String over = matcher.group("over");
            long threshold = over == null ? 0 : Long.parseLong(over) * 1_000;
            Catalogue.rate(value)
                    .ifPresent(rate -> prices.add(new Price(meter, tier(matcher.group("tier")), threshold, rate)));
        }
    }

    // Where a model reasons and its thoughts have no price of their own, they cost as the rest of the answer
    // does.
    private static void thoughts(JsonNode json, List<Price> prices) {
        if (json.path("supports_reasoning").asBoolean(false)
                && prices.stream().noneMatch(price -> price.meter() == Meter.REASONING_OUT)) {
            List.copyOf(prices).stream()
                    .filter(price -> price.meter() == Meter.TEXT_OUT)
                    .map(price -> new Price(Meter.REASONING_OUT, price.tier(), price.contextOver(), price.rate()))
                    .forEach(prices::add);
        }
    }

    private static String tier(@Nullable String suffix) {
        if (suffix == null) {
            return "standard";
        }
        return suffix.equals("batches") ? "batch" : suffix;
    }
}
