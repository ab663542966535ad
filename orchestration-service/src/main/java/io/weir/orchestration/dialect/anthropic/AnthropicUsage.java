package io.weir.orchestration.dialect.anthropic;

import io.weir.money.Meter;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.UsageForm;
import io.weir.orchestration.dialect.UsageSheet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Anthropic's usage as disjoint buckets: `input_tokens` has neither what was read from the cache nor what was
/// written to it; thoughts are within `output_tokens` and cost the same.
final class AnthropicUsage {

    private static final Set<String> COUNTED =
            Set.of("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");
    private static final Set<String> SPLIT = Set.of("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens");

    // Fetching a page costs nothing but the tokens that it brings.
    private static final Set<String> TOOLS = Set.of("web_search_requests", "web_fetch_requests");

    private final JsonNode usage;
    private final UsageSheet sheet;

    private AnthropicUsage(JsonNode usage) {
        this.usage = usage;
        this.sheet = new UsageSheet(usage);
    }

    /// Empty when it is no usage.
    ///
    /// @param last whether the output was counted to its end
    static Optional<ReportedUsage> read(JsonNode usage, boolean last) {
        return usage.has("input_tokens") && usage.has("output_tokens")
                ? Optional.of(new AnthropicUsage(usage).read(last))
                : Optional.empty();
    }

    private ReportedUsage read(boolean last) {
        sample(usage, "");
        moreSamples();
        // Inference that is kept in one country costs more.
        sheet.unknown(
                "inference_geo.us", usage.path("inference_geo").asString("").equals("us") ? 1 : 0);
        long thoughts = sheet.count(usage.path("output_tokens_details"), "thinking_tokens");
        return sheet.read(tier(), buckets -> UsageForm.of(buckets, Math.min(thoughts, buckets.output())), last);
    }

    private String tier() {
        if (usage.path("speed").asString("").equals("fast")) {
            return "fast";
        }
        String tier = usage.path("service_tier").asString("").toLowerCase(Locale.ROOT);
        return tier.isEmpty() ? ReportedUsage.STANDARD : tier;
    }

    // One run of the model.
    private void sample(JsonNode run, String path) {
        sheet.add(Meter.TEXT_IN, sheet.count(run, "input_tokens"));
        sheet.add(Meter.TEXT_OUT, sheet.count(run, "output_tokens"));
        sheet.add(Meter.TEXT_IN_CACHED, sheet.count(run, "cache_read_input_tokens"));
        written(run, path);
        sheet.add(Meter.SEARCH_CALL, sheet.count(run.path("server_tool_use"), "web_search_requests"));
        for (String field : run.propertyNames()) {
            JsonNode value = run.path(field);
            switch (field) {
                case "cache_creation", "iterations" -> {}
                case "output_tokens_details" -> rest(path + field, value, Set.of("thinking_tokens"));
                case "server_tool_use" -> rest(path + field, value, TOOLS);
                default -> {
                    if (!COUNTED.contains(field)) {
                        sheet.unknown(path + field, value);
                    }
                }
            }
        }
    }

    // What was written stands as a sum, and mostly split by how long it is kept; the sum alone is of five
    // minutes.
    private void written(JsonNode run, String path) {
        JsonNode split = run.path("cache_creation");
        long hour = sheet.count(split, "ephemeral_1h_input_tokens");
        long minutes = sheet.count(split, "ephemeral_5m_input_tokens");
        long known = hour + minutes + rest(path + "cache_creation", split, SPLIT);
        long sum = run.has("cache_creation_input_tokens") ? sheet.count(run, "cache_creation_input_tokens") : known;
        if (known > 0 && known != sum) {
            sheet.doubt("cache_creation_input_tokens is " + sum + ", its parts are " + known);
        }
        sheet.add(Meter.CACHE_WRITE_1H, hour);
        sheet.add(Meter.CACHE_WRITE_5M, known > 0 ? minutes : sum);
    }

    private long rest(String path, JsonNode values, Set<String> known) {
        long rest = 0;
        for (String field : values.propertyNames()) {
            if (!known.contains(field)) {
                rest += sheet.unknown(path + "." + field, values.path(field));
            }
        }
        return rest;
    }

    // A call may run the model several times. The totals have the runs of kind `message`; a compaction of the
    // context comes on top at the same price; a run of another model has a price that is not known here.
    private void moreSamples() {
        long input = 0;
        long output = 0;
        boolean any = false;
        for (JsonNode iteration : usage.path("iterations").values()) {
            String type = iteration.path("type").asString("");
            long in = sheet.count(iteration, "input_tokens");
            long out = sheet.count(iteration, "output_tokens");
            switch (type) {
                case "message" -> {
                    any = true;
                    input += in;
                    output += out;
                }
                case "compaction" -> sample(iteration, "iterations.compaction.");
                default -> sheet.unknown("iterations." + type, Math.max(1, in + out));
            }
        }
        if (any && (input != sheet.count(usage, "input_tokens") || output != sheet.count(usage, "output_tokens"))) {
            sheet.doubt("the runs have " + input + " and " + output + " tokens, not those of the sums");
        }
    }
}
