package io.weir.orchestration.dialect;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// OpenAI's usage as disjoint buckets: its prompt count includes cached, its completion count reasoning tokens.
final class OpenAiUsage {

    private static final Map<String, Meter> PROMPT_DETAILS = Map.of(
            "cached_tokens", Meter.TEXT_IN_CACHED,
            "cache_write_tokens", Meter.CACHE_WRITE_5M,
            "cache_creation_tokens", Meter.CACHE_WRITE_5M,
            "audio_tokens", Meter.AUDIO_IN,
            "image_tokens", Meter.IMAGE_IN);
    private static final Map<String, Meter> COMPLETION_DETAILS = Map.of(
            "reasoning_tokens", Meter.REASONING_OUT,
            "audio_tokens", Meter.AUDIO_OUT,
            "image_tokens", Meter.IMAGE_OUT);

    // Parts of the text tokens, billed as such.
    private static final Set<String> TEXT_DETAILS =
            Set.of("text_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens");

    private OpenAiUsage() {}

    /// Empty when it is no usage, or its parts do not add up: then nothing of it can be believed.
    static Optional<ReportedUsage> read(JsonNode usage) {
        long prompt = count(usage, "prompt_tokens");
        long completion = count(usage, "completion_tokens");
        long total = count(usage, "total_tokens");
        if (prompt < 0 || completion < 0 || total != prompt + completion) {
            return Optional.empty();
        }
        Map<Meter, Long> buckets = new EnumMap<>(Meter.class);
        Set<String> unmapped = new TreeSet<>();
        long text = prompt - split(usage.path("prompt_tokens_details"), PROMPT_DETAILS, buckets, unmapped);
        long written =
                completion - split(usage.path("completion_tokens_details"), COMPLETION_DETAILS, buckets, unmapped);
        if (text < 0 || written < 0) {
            return Optional.empty();
        }
        buckets.merge(Meter.TEXT_IN, text, Long::sum);
        buckets.merge(Meter.TEXT_OUT, written, Long::sum);
        return Optional.of(new ReportedUsage(new Quantities(buckets), usage, unmapped, usage, true));
    }

    private static long split(
            JsonNode details, Map<String, Meter> meters, Map<Meter, Long> buckets, Set<String> unmapped) {
        long mapped = 0;
        for (String name : details.propertyNames()) {
            long count = Math.max(0, details.path(name).asLong(0));
            Meter meter = meters.get(name);
            if (meter != null) {
                buckets.merge(meter, count, Long::sum);
                mapped += count;
            } else if (count > 0 && !TEXT_DETAILS.contains(name)) {
                unmapped.add(name);
            }
        }
        return mapped;
    }

    private static long count(JsonNode usage, String field) {
        JsonNode value = usage.path(field);
        return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : -1;
    }
}
