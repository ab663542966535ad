package io.weir.simulators.stripe.behaviour;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The body of `PUT /_behaviour`. Fields left out take their defaults.
public record BehaviourBody(JsonNode body) {

    private static final List<String> KNOWN = List.of(
            "errorRate",
            "lostAnswerRate",
            "rateLimitPerSecond",
            "latencyMs",
            "duplicateWebhooks",
            "reorderWebhooks",
            "pruneIdempotencyAfterSeconds",
            "seed");
    private static final long MAX_LATENCY_MILLIS = 60_000;
    private static final long MAX_LIMIT = 1_000_000;
    private static final long MAX_PRUNE_SECONDS = 31_536_000;

    /// Reads it. Throws [InvalidBehaviourException] naming the first field that is unknown or out of bounds.
    public StripeBehaviour read() {
        if (!body.isObject()) {
            throw new InvalidBehaviourException("body", "expected a JSON object");
        }
        for (String name : body.propertyNames()) {
            if (!KNOWN.contains(name)) {
                throw new InvalidBehaviourException(name, "unknown field (known: " + String.join(", ", KNOWN) + ")");
            }
        }
        Long limit = whole("rateLimitPerSecond", 1, MAX_LIMIT);
        Long latency = whole("latencyMs", 0, MAX_LATENCY_MILLIS);
        Long prune = whole("pruneIdempotencyAfterSeconds", 0, MAX_PRUNE_SECONDS);
        Long seed = whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        return new StripeBehaviour(
                fraction("errorRate"),
                fraction("lostAnswerRate"),
                limit == null ? null : Math.toIntExact(limit),
                Duration.ofMillis(latency == null ? 0 : latency),
                flag("duplicateWebhooks"),
                flag("reorderWebhooks"),
                prune == null ? StripeBehaviour.DEFAULT.pruneIdempotencyAfter() : Duration.ofSeconds(prune),
                seed == null ? 0 : seed);
    }

    /// A behaviour in the form that is read.
    public static ObjectNode of(StripeBehaviour behaviour) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("errorRate", behaviour.errorRate())
                .put("lostAnswerRate", behaviour.lostAnswerRate())
                .put("rateLimitPerSecond", behaviour.rateLimitPerSecond())
                .put("latencyMs", behaviour.latency().toMillis())
                .put("duplicateWebhooks", behaviour.duplicateWebhooks())
                .put("reorderWebhooks", behaviour.reorderWebhooks())
                .put(
                        "pruneIdempotencyAfterSeconds",
                        behaviour.pruneIdempotencyAfter().toSeconds())
                .put("seed", behaviour.seed());
    }

    private @Nullable Long whole(String name, long min, long max) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return null;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < min
                || value.longValue() > max) {
            throw new InvalidBehaviourException(
                    name, value + " (expected: a whole number, " + min + " to " + max + ")");
        }
        return value.longValue();
    }

    private double fraction(String name) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return 0;
        }
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
            throw new InvalidBehaviourException(name, value + " (expected: a number, 0 to 1)");
        }
        return value.doubleValue();
    }

    private boolean flag(String name) {
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
