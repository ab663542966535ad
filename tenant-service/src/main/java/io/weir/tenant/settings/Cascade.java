package io.weir.tenant.settings;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Layers of settings; the later one wins, setting by setting.
///
/// @param layers the most general first
public record Cascade(List<Layer> layers) {

    /// @param source as `explain` names it: `system`, `plan` or `tenant`
    public record Layer(String source, ObjectNode settings) {}

    /// @param value as it is set
    /// @param source of the layer that sets it
    public record Effective(JsonNode value, String source) {}

    public Cascade {
        layers = List.copyOf(layers);
    }

    /// The value in force, empty where no layer sets it.
    public Optional<Effective> at(String path) {
        for (Layer layer : layers.reversed()) {
            JsonNode value = find(layer.settings(), path);
            if (!value.isMissingNode() && !value.isNull()) {
                return Optional.of(new Effective(value, layer.source()));
            }
        }
        return Optional.empty();
    }

    /// All values in force, as one object.
    public ObjectNode effective() {
        return collected(Effective::value);
    }

    /// As [#effective], each value as `{"value": ..., "source": ...}`.
    public ObjectNode explained() {
        return collected(effective -> {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.set("value", effective.value());
            node.put("source", effective.source());
            return node;
        });
    }

    private ObjectNode collected(java.util.function.Function<Effective, JsonNode> shown) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        Setting.all()
                .forEach(
                        setting -> at(setting.path()).ifPresent(found -> put(all, setting.path(), shown.apply(found))));
        return all;
    }

    static JsonNode find(ObjectNode settings, String path) {
        JsonNode node = settings;
        for (String step : path.split("\\.", -1)) {
            node = node.path(step);
        }
        return node;
    }

    private static void put(ObjectNode target, String path, JsonNode value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            target.set(path, value);
        } else {
            target.withObjectProperty(path.substring(0, dot)).set(path.substring(dot + 1), value);
        }
    }
}
