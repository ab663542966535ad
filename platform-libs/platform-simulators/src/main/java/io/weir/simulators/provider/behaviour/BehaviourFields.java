package io.weir.simulators.provider.behaviour;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads bounded fields of a behaviour; a field that is absent or null takes its default.
record BehaviourFields(JsonNode body) {

    Duration millis(String name, int max) {
        return Duration.ofMillis(whole(name, 0, max, 0));
    }

    int whole(String name, int min, int max, int absent) {
        Integer value = optionalWhole(name, min, max);
        return value == null ? absent : value;
    }

    @Nullable
    Integer optionalWhole(String name, int min, int max) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            throw new InvalidBehaviourException(
                    name, value + " (expected: a whole number, " + min + " to " + max + ")");
        }
        return value.intValue();
    }

    long anyLong(String name) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new InvalidBehaviourException(name, value + " (expected: a whole number of 64 bits)");
        }
        return value.longValue();
    }

    double fraction(String name) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return 0;
        }
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
            throw new InvalidBehaviourException(name, value + " (expected: a number, 0 to 1)");
        }
        return value.doubleValue();
    }

    boolean flag(String name) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return false;
        }
        if (!value.isBoolean()) {
            throw new InvalidBehaviourException(name, value + " (expected: true or false)");
        }
        return value.booleanValue();
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }
}
