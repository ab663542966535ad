package io.weir.tenant.apikey;

import io.weir.snapshots.catalog.KeySettings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A key's settings, from the form in which they are kept to the one in which the data plane gets them. What is kept
/// has been checked.
final class KeySettingsForm {

    private KeySettingsForm() {}

    /// Null where nothing is set.
    static @Nullable KeySettings read(ObjectNode kept) {
        KeySettings.Models models = kept.has("models") ? models(kept.path("models")) : null;
        KeySettings.Limits limits = kept.has("limits") ? limits(kept.path("limits")) : null;
        return models == null && limits == null ? null : new KeySettings(models, limits);
    }

    private static KeySettings.Models models(JsonNode node) {
        List<String> allowed = new ArrayList<>();
        node.path("allowed").forEach(model -> allowed.add(model.stringValue()));
        return new KeySettings.Models(
                allowed,
                value(node, "default", JsonNode::stringValue),
                value(node, "temperature", JsonNode::doubleValue),
                value(node, "maxTokens", JsonNode::intValue));
    }

    private static KeySettings.@Nullable Limits limits(JsonNode node) {
        BigDecimal perSecond = value(node, "requestsPerSecond", JsonNode::decimalValue);
        Integer running = value(node, "maxConcurrency", calls -> (int) Math.min(calls.longValue(), Integer.MAX_VALUE));
        return perSecond == null && running == null ? null : new KeySettings.Limits(perSecond, running);
    }

    private static <T> @Nullable T value(JsonNode node, String name, Function<JsonNode, T> reader) {
        return node.hasNonNull(name) ? reader.apply(node.path(name)) : null;
    }
}
