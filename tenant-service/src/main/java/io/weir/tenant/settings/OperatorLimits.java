package io.weir.tenant.settings;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The limits that the platform's operator set for one tenant, above its plan or below: the most that the tenant can
/// choose for itself. Values have the forms that [SettingsPatch] checks.
///
/// @param limits by their names below `limits`
public record OperatorLimits(ObjectNode limits) {

    private static final String SECTION = "limits";

    /// The operator set none.
    public static final OperatorLimits NONE = new OperatorLimits(JsonNodeFactory.instance.objectNode());

    /// Whether the operator set the setting at that path.
    public boolean has(String path) {
        return path.startsWith(SECTION + ".") && limits.has(path.substring(SECTION.length() + 1));
    }

    /// What a tenant wants for itself, with the operator's value wherever it wants none. Fails with a 403
    /// where it wants more.
    public ObjectNode hold(ObjectNode wanted) {
        if (limits.isEmpty()) {
            return wanted;
        }
        ObjectNode held = wanted.deepCopy();
        ObjectNode own = held.withObjectProperty(SECTION);
        for (Map.Entry<String, JsonNode> limit : limits.properties()) {
            JsonNode value = own.path(limit.getKey());
            if (value.isMissingNode()) {
                own.set(limit.getKey(), limit.getValue());
            } else if (value.decimalValue().compareTo(limit.getValue().decimalValue()) > 0) {
                throw PlatformException.of(
                        ProblemType.PERMISSION_DENIED,
                        SECTION + "." + limit.getKey(),
                        "The platform's operator allows " + SECTION + "." + limit.getKey() + " up to "
                                + limit.getValue().decimalValue().toPlainString() + ". Ask there for more.");
            }
        }
        return held;
    }

    /// After a change by the operator: what it named or changed is its own from now on, what it removed no longer.
    ///
    /// @param asked the patch; empty where there was none, as in a rollback
    public OperatorLimits after(ObjectNode before, ObjectNode asked, ObjectNode wanted) {
        Set<String> names = new TreeSet<>(asked.path(SECTION).propertyNames());
        for (ObjectNode one : new ObjectNode[] {before, wanted}) {
            one.path(SECTION).propertyNames().stream()
                    .filter(name -> !before.path(SECTION)
                            .path(name)
                            .equals(wanted.path(SECTION).path(name)))
                    .forEach(names::add);
        }
        ObjectNode next = limits.deepCopy();
        for (String name : names) {
            JsonNode value = wanted.path(SECTION).path(name);
            if (value.isMissingNode()) {
                next.remove(name);
            } else {
                next.set(name, value);
            }
        }
        return new OperatorLimits(next);
    }
}
