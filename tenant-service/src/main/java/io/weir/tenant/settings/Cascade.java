package io.weir.tenant.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Layers of settings; the later one wins, setting by setting.
///
/// @param layers the most general first
public record Cascade(List<Layer> layers) {

    /// The layer of a key.
    public static final String KEY = "key";

    // A key chooses among the models of its tenant; it does not add to them.
    private static final String NARROWED = "models.allowed";

    /// @param source as `explain` names it: `system`, `plan`, `tenant` or `key`
    public record Layer(String source, ObjectNode settings) {}

    /// @param value as it is set: lists and objects come whole from one layer
    /// @param source of the layer that sets it
    /// @param overridden what other layers set, the next one first
    public record Effective(JsonNode value, String source, List<Overridden> overridden) {
        public Effective {
            overridden = List.copyOf(overridden);
        }
    }

    /// A value that a later layer stands before.
    public record Overridden(JsonNode value, String source) {}

    public Cascade {
        layers = List.copyOf(layers);
    }

    /// The value in force, empty where no layer sets it.
    public Optional<Effective> at(String path) {
        List<Overridden> found = layers.reversed().stream()
                .map(layer -> new Overridden(find(layer.settings(), path), layer.source()))
                .filter(set -> !set.value().isMissingNode() && !set.value().isNull())
                .toList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Overridden first = found.getFirst();
        List<Overridden> others = found.subList(1, found.size());
        return Optional.of(new Effective(narrowed(path, first, others), first.source(), others));
    }

    private static JsonNode narrowed(String path, Overridden first, List<Overridden> others) {
        if (!path.equals(NARROWED) || !first.source().equals(KEY) || others.isEmpty()) {
            return first.value();
        }
        JsonNode ofTenant = others.getFirst().value();
        if (ofTenant.isEmpty() || first.value().isEmpty()) {
            return ofTenant.isEmpty() ? first.value() : ofTenant;
        }
        ArrayNode both = JsonNodeFactory.instance.arrayNode();
        ofTenant.forEach(model -> first.value().forEach(own -> {
            if (own.equals(model)) {
                both.add(model);
            }
        }));
        return both;
    }

    /// All values in force, as one object.
    public ObjectNode effective() {
        return collected(Effective::value);
    }

    /// As [#effective], each value as `{"value": ..., "source": ..., "overridden": [{"value": ..., "source": ...}]}`.
    public ObjectNode explained() {
        return collected(effective -> {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.set("value", effective.value());
            node.put("source", effective.source());
            if (!effective.overridden().isEmpty()) {
                ArrayNode others = node.putArray("overridden");
                effective.overridden().forEach(other -> {
                    ObjectNode shown = others.addObject();
                    shown.set("value", other.value());
                    shown.put("source", other.source());
                });
            }
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

    /// Whether it has more than the plan gives: what only the platform's operator may grant, limits and features.
    ///
    /// @param plan the cascade without the tenant's own settings
    public boolean isAbovePlan(String path, Cascade plan) {
        Optional<Effective> ceiling = plan.at(path);
        Optional<Effective> value = at(path);
        if (ceiling.isEmpty() || value.isEmpty() || !ceiling.get().source().equals("plan")) {
            return false;
        }
        JsonNode most = ceiling.get().value();
        JsonNode wanted = value.get().value();
        if (path.startsWith("limits.")) {
            return wanted.decimalValue().compareTo(most.decimalValue()) > 0;
        }
        return path.startsWith("features.") && wanted.booleanValue() && !most.booleanValue();
    }

    /// Paths of all settings.
    public static Stream<String> paths() {
        return Setting.all().map(Setting::path);
    }

    /// The value as a number: of a flag 1 or 0, and 0 where nothing is set.
    public long amount(String path) {
        return at(path).map(Effective::value)
                .map(value -> value.isBoolean() ? (value.booleanValue() ? 1L : 0L) : value.longValue())
                .orElse(0L);
    }

    /// The cascade with one more layer, before all others.
    public Cascade with(Layer last) {
        List<Layer> all = new ArrayList<>(layers);
        all.add(last);
        return new Cascade(all);
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
