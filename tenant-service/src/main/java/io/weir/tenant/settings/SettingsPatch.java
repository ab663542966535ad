package io.weir.tenant.settings;

import io.weir.tenant.request.Violations;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A JSON merge patch (RFC 7396) on a tenant's settings.
public record SettingsPatch(ObjectNode body) {

    /// Throws a 400 naming every unknown key and every value of a wrong form.
    public SettingsPatch {
        Violations violations = new Violations();
        check("", body, violations);
        violations.refuseIfAny();
    }

    /// As the constructor, for the settings of a key, which has only some; violations are named below `prefix`.
    public static SettingsPatch ofKey(ObjectNode body, String prefix) {
        Violations violations = new Violations();
        checkOfKey(prefix, "", body, violations);
        violations.refuseIfAny();
        return new SettingsPatch(body);
    }

    private static void checkOfKey(String prefix, String path, ObjectNode node, Violations violations) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String here = path + entry.getKey();
            JsonNode value = entry.getValue();
            if (Setting.ofKeys().contains(here)) {
                if (!value.isNull()) {
                    checkForm(Setting.at(here), prefix + here, value, violations);
                }
            } else if (Setting.ofKeys().stream().noneMatch(known -> known.startsWith(here + "."))) {
                violations.add(prefix + here, "is not a setting of a key (expected: some of " + Setting.ofKeys() + ")");
            } else if (value instanceof ObjectNode section) {
                checkOfKey(prefix, here + ".", section, violations);
            } else if (!value.isNull()) {
                violations.add(prefix + here, "must be an object");
            }
        }
    }

    /// The settings after this patch; `settings` stays as it is.
    public ObjectNode applyTo(ObjectNode settings) {
        return merged(settings, body);
    }

    /// Paths to which it gives a value that `before` does not have.
    public Set<String> touchedSince(ObjectNode before) {
        Set<String> paths = new TreeSet<>();
        Setting.all()
                .map(Setting::path)
                .filter(path -> !Cascade.find(body, path).isMissingNode()
                        && !Cascade.find(body, path).isNull()
                        && !Cascade.find(body, path).equals(Cascade.find(before, path)))
                .forEach(paths::add);
        return paths;
    }

    private static void check(String prefix, ObjectNode node, Violations violations) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String path = prefix + entry.getKey();
            JsonNode value = entry.getValue();
            if (Setting.exists(path)) {
                if (!value.isNull()) {
                    checkForm(Setting.at(path), path, value, violations);
                }
            } else if (!Setting.isSection(path)) {
                violations.add(path, "is not a setting");
            } else if (value instanceof ObjectNode section) {
                check(path + ".", section, violations);
            } else if (!value.isNull()) {
                violations.add(path, "must be an object");
            }
        }
    }

    private static void checkForm(Setting setting, String named, JsonNode value, Violations violations) {
        try {
            setting.form().check(value);
        } catch (IllegalArgumentException wrong) {
            violations.add(named, String.valueOf(wrong.getMessage()));
        }
    }

    private static ObjectNode merged(JsonNode target, ObjectNode patch) {
        ObjectNode result =
                target instanceof ObjectNode object ? object.deepCopy() : JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> entry : patch.properties()) {
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                result.remove(entry.getKey());
            } else if (value instanceof ObjectNode object) {
                result.set(entry.getKey(), merged(result.path(entry.getKey()), object));
            } else {
                result.set(entry.getKey(), value);
            }
        }
        return result;
    }
}
