package io.weir.orchestration.dialect.anthropic;

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

/// Anthropic's usage as disjoint buckets: `input_tokens` has neither what was read from the cache nor what was written
/// to it; thoughts are within `output_tokens` and cost the same.
final class AnthropicUsage {

    private static final Set<String> COUNTED =
            Set.of("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");
    private static final Set<String> SPLIT = Set.of("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens");

    private final Map<Meter, Long> buckets = new EnumMap<>(Meter.class);
    private final Set<String> unmapped = new TreeSet<>();
    private boolean credible = true;

    private AnthropicUsage() {}

    /// Empty when it is no usage, or its parts do not add up: then nothing of it can be believed.
    ///
    /// @param last whether the output was counted to its end
    static Optional<ReportedUsage> read(JsonNode usage, boolean last) {
        if (!usage.path("input_tokens").isIntegralNumber()
                || !usage.path("output_tokens").isIntegralNumber()) {
            return Optional.empty();
        }
        AnthropicUsage read = new AnthropicUsage();
        read.sample(usage, "");
        read.moreSamples(usage);
        if (!read.credible) {
            return Optional.empty();
        }
        Quantities buckets = new Quantities(read.buckets);
        long thoughts = Math.min(thoughts(usage), buckets.output());
        return Optional.of(new ReportedUsage(buckets, usage, read.unmapped, UsageForm.of(buckets, thoughts), last));
    }

    private static long thoughts(JsonNode usage) {
        return Math.max(
                0, usage.path("output_tokens_details").path("thinking_tokens").asLong(0));
    }

    // One run of the model.
    private void sample(JsonNode usage, String path) {
        add(Meter.TEXT_IN, count(usage, "input_tokens"));
        add(Meter.TEXT_OUT, count(usage, "output_tokens"));
        add(Meter.TEXT_IN_CACHED, count(usage, "cache_read_input_tokens"));
        long hour = count(usage.path("cache_creation"), "ephemeral_1h_input_tokens");
        long minutes = count(usage.path("cache_creation"), "ephemeral_5m_input_tokens");
        // The sum stands alone where there is no split.
        long written = Math.max(count(usage, "cache_creation_input_tokens"), hour + minutes);
        add(Meter.CACHE_WRITE_1H, hour);
        add(Meter.CACHE_WRITE_5M, written - hour);
        for (String field : usage.propertyNames()) {
            inspect(path + field, field, usage.path(field));
        }
    }

    private void inspect(String path, String field, JsonNode value) {
        if (COUNTED.contains(field) || field.equals("iterations")) {
            return;
        }
        switch (field) {
            case "cache_creation" -> inspectRest(path, value, SPLIT);
            case "output_tokens_details" -> inspectRest(path, value, Set.of("thinking_tokens"));
            case "server_tool_use" -> {
                add(Meter.SEARCH_CALL, count(value, "web_search_requests"));
                inspectRest(path, value, Set.of("web_search_requests"));
            }
            default -> {
                if (value.isNumber() && value.decimalValue().signum() > 0) {
                    unmapped.add(path);
                } else if (value.isObject()) {
                    inspectRest(path, value, Set.of());
                }
            }
        }
    }

    private void inspectRest(String path, JsonNode values, Set<String> known) {
        for (String field : values.propertyNames()) {
            JsonNode value = values.path(field);
            if (!known.contains(field)
                    && value.isNumber()
                    && value.decimalValue().signum() > 0) {
                unmapped.add(path + "." + field);
            }
        }
    }

    // A call may run the model several times. The totals have the runs of kind `message`; a compaction of the context
    // comes on top at the same price; a run of another model has a price that is not known here.
    private void moreSamples(JsonNode usage) {
        long input = 0;
        long output = 0;
        boolean any = false;
        for (JsonNode iteration : usage.path("iterations").values()) {
            String type = iteration.path("type").asString("");
            switch (type) {
                case "message" -> {
                    any = true;
                    input += count(iteration, "input_tokens");
                    output += count(iteration, "output_tokens");
                }
                case "compaction" -> sample(iteration, "iterations.compaction.");
                default -> unmapped.add("iterations." + type);
            }
        }
        credible &= !any || (input == count(usage, "input_tokens") && output == count(usage, "output_tokens"));
    }

    private void add(Meter meter, long count) {
        if (count < 0) {
            credible = false;
        } else {
            buckets.merge(meter, count, Long::sum);
        }
    }

    private long count(JsonNode usage, String field) {
        JsonNode value = usage.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : -1;
    }
}
