package io.weir.orchestration.dialect.gemini;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.UsageForm;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Gemini's usage as disjoint buckets: the prompt includes what was cached; thoughts stand apart from candidates, and
/// the results of its own tools apart from the prompt. Pictures, videos and documents cost as text does, sound does
/// not.
final class GeminiUsage {

    private static final Set<String> COUNTED = Set.of(
            "promptTokenCount",
            "cachedContentTokenCount",
            "candidatesTokenCount",
            "thoughtsTokenCount",
            "toolUsePromptTokenCount",
            "totalTokenCount");
    private static final Set<String> AS_TEXT = Set.of("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "MODALITY_UNSPECIFIED");

    private final JsonNode usage;
    private final Set<String> unmapped = new TreeSet<>();

    private GeminiUsage(JsonNode usage) {
        this.usage = usage;
    }

    /// Empty when it is no usage, or its parts do not add up: then nothing of it can be believed.
    ///
    /// @param last whether the output was counted to its end
    static Optional<ReportedUsage> read(JsonNode usage, boolean last) {
        return usage.path("promptTokenCount").isIntegralNumber() ? new GeminiUsage(usage).read(last) : Optional.empty();
    }

    private Optional<ReportedUsage> read(boolean last) {
        long prompt = count("promptTokenCount");
        long tools = count("toolUsePromptTokenCount");
        long cached = count("cachedContentTokenCount");
        long written = count("candidatesTokenCount");
        long thoughts = count("thoughtsTokenCount");
        long sum = prompt + tools + written + thoughts;
        long total = usage.path("totalTokenCount").isIntegralNumber() ? count("totalTokenCount") : sum;
        long soundIn = sound("promptTokensDetails") + sound("toolUsePromptTokensDetails");
        long soundOut = sound("candidatesTokensDetails");
        long pictureOut = of("candidatesTokensDetails", "IMAGE");
        boolean negative = prompt < 0 || tools < 0 || cached < 0 || written < 0 || thoughts < 0;
        if (negative || total < sum || prompt + tools - cached < soundIn || written < soundOut + pictureOut) {
            return Optional.empty();
        }
        if (total > sum) {
            unmapped.add("totalTokenCount");
        }
        Map<Meter, Long> buckets = new EnumMap<>(Meter.class);
        buckets.put(Meter.TEXT_IN, prompt + tools - cached - soundIn);
        buckets.put(Meter.TEXT_IN_CACHED, cached);
        buckets.put(Meter.AUDIO_IN, soundIn);
        buckets.put(Meter.TEXT_OUT, written - soundOut - pictureOut);
        buckets.put(Meter.AUDIO_OUT, soundOut);
        buckets.put(Meter.IMAGE_OUT, pictureOut);
        buckets.put(Meter.REASONING_OUT, thoughts);
        inspect();
        Quantities quantities = new Quantities(buckets);
        return Optional.of(new ReportedUsage(quantities, usage, unmapped, UsageForm.of(quantities, thoughts), last));
    }

    private void inspect() {
        for (String field : usage.propertyNames()) {
            JsonNode value = usage.path(field);
            if (value.isNumber() && value.decimalValue().signum() > 0 && !COUNTED.contains(field)) {
                unmapped.add(field);
            }
            for (JsonNode each : value.isArray() ? value.values() : Set.<JsonNode>of()) {
                String modality = each.path("modality").asString("");
                boolean counts = each.path("tokenCount").asLong(0) > 0;
                // Cached sound has a price of its own, which is not known here.
                boolean priced =
                        AS_TEXT.contains(modality) || (modality.equals("AUDIO") && !field.equals("cacheTokensDetails"));
                if (counts && !priced) {
                    unmapped.add(field + "." + modality);
                }
            }
        }
    }

    private long sound(String details) {
        return of(details, "AUDIO");
    }

    private long of(String details, String modality) {
        long count = 0;
        for (JsonNode each : usage.path(details).values()) {
            if (each.path("modality").asString("").equals(modality)) {
                count += Math.max(0, each.path("tokenCount").asLong(0));
            }
        }
        return count;
    }

    private long count(String field) {
        JsonNode value = usage.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : -1;
    }
}
