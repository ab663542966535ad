package io.weir.tenant.apikey;

import io.weir.snapshots.catalog.KeySettings;
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
        return models == null ? null : new KeySettings(models, null);
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

    private static <T> @Nullable T value(JsonNode node, String name, Function<JsonNode, T> reader) {
        return node.hasNonNull(name) ? reader.apply(node.path(name)) : null;
    }
}
