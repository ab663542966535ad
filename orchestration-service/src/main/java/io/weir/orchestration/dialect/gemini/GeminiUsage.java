package io.weir.orchestration.dialect.gemini;

import io.weir.money.Meter;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.UsageForm;
import io.weir.orchestration.dialect.UsageSheet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Gemini's usage as disjoint buckets: the prompt includes what was cached; thoughts stand apart from
/// candidates, and the results of its own tools apart from the prompt. Pictures, videos and documents cost as
/// text does, sound does not.
public final class GeminiUsage {

    private static final Set<String> COUNTED = Set.of(
            "promptTokenCount",
            "cachedContentTokenCount",
            "candidatesTokenCount",
            "thoughtsTokenCount",
            "toolUsePromptTokenCount",
            "totalTokenCount");
    // Looked at where their sums are.
    private static final Set<String> SPLIT =
            Set.of("promptTokensDetails", "toolUsePromptTokensDetails", "candidatesTokensDetails");
    private static final Set<String> AS_TEXT = Set.of("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "MODALITY_UNSPECIFIED");

    private final JsonNode usage;
    private final UsageSheet sheet;

    private GeminiUsage(JsonNode usage) {
        this.usage = usage;
        this.sheet = new UsageSheet(usage);
    }

    /// Empty when it is no usage. Embeddings have a prompt only.
    ///
    /// @param last whether the output was counted to its end
    public static Optional<ReportedUsage> read(JsonNode usage, boolean last) {
        return usage.has("promptTokenCount") ? Optional.of(new GeminiUsage(usage).read(last)) : Optional.empty();
    }

    private ReportedUsage read(boolean last) {
        long prompt = sheet.count(usage, "promptTokenCount");
        long tools = sheet.count(usage, "toolUsePromptTokenCount");
        long cached = sheet.count(usage, "cachedContentTokenCount");
        long written = sheet.count(usage, "candidatesTokenCount");
        long thoughts = sheet.count(usage, "thoughtsTokenCount");
        total(prompt + tools + written + thoughts);
        // Cached sound has a price of its own, which is not known here.
        long cachedSound = of("cacheTokensDetails", "AUDIO");
        long soundIn = of("promptTokensDetails", "AUDIO") + of("toolUsePromptTokensDetails", "AUDIO") - cachedSound;
        long soundOut = of("candidatesTokensDetails", "AUDIO");
        long pictureOut = of("candidatesTokensDetails", "IMAGE");
        long oddIn = unknown("promptTokensDetails") + unknown("toolUsePromptTokensDetails");
        sheet.add(Meter.TEXT_IN, prompt + tools - cached - soundIn - oddIn);
        sheet.add(Meter.TEXT_IN_CACHED, cached - cachedSound);
        sheet.add(Meter.AUDIO_IN, soundIn);
        sheet.add(Meter.TEXT_OUT, written - soundOut - pictureOut - unknown("candidatesTokensDetails"));
        sheet.add(Meter.AUDIO_OUT, soundOut);
        sheet.add(Meter.IMAGE_OUT, pictureOut);
        sheet.add(Meter.REASONING_OUT, thoughts);
        inspect();
        return sheet.read(tier(), buckets -> UsageForm.of(buckets, thoughts), last);
    }

    private void total(long sum) {
        if (!usage.has("totalTokenCount")) {
            return;
        }
        long total = sheet.count(usage, "totalTokenCount");
        if (total < sum) {
            sheet.doubt("totalTokenCount is " + total + ", its parts are " + sum);
        }
        sheet.unknown("totalTokenCount", total - sum);
    }

    /// A tier that is not known stays, and has no price.
    private String tier() {
        String told =
                usage.path("serviceTier").asString(usage.path("trafficType").asString(""));
        String name = told.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "", "standard", "on_demand", "traffic_type_unspecified", "service_tier_unspecified" ->
                ReportedUsage.STANDARD;
            case "on_demand_priority" -> "priority";
            case "on_demand_flex" -> "flex";
            default -> name;
        };
    }

    private void inspect() {
        for (String field : usage.propertyNames()) {
            if (usage.path(field).isArray() && !SPLIT.contains(field)) {
                unknown(field);
            } else if (!usage.path(field).isArray() && !COUNTED.contains(field)) {
                sheet.unknown(field, usage.path(field));
            }
        }
    }

    /// Takes down what of a split has no meter.
    private long unknown(String details) {
        long unknown = 0;
        for (JsonNode each : usage.path(details).values()) {
            String modality = each.path("modality").asString("");
            boolean sound = modality.equals("AUDIO") && !details.equals("cacheTokensDetails");
            long count = sheet.count(each, "tokenCount");
            if (!sound && !AS_TEXT.contains(modality)) {
                unknown += sheet.unknown(details + "." + modality, count);
            }
        }
        return unknown;
    }

    private long of(String details, String modality) {
        long count = 0;
        for (JsonNode each : usage.path(details).values()) {
            if (each.path("modality").asString("").equals(modality)) {
                count += sheet.count(each, "tokenCount");
            }
        }
        return count;
    }
}
