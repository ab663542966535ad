package io.weir.simulators.provider.behaviour;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A request to set behaviour: the providers it names and their new behaviour. Fields left out take their defaults.
public record BehaviourChange(Set<Provider> providers, Behaviour behaviour) {

    private static final String EVERY_PROVIDER = "*";
    private static final int MAX_DELAY_MILLIS = 600_000;
    private static final int MAX_TOKENS = 1_000_000;

    private static final List<String> KNOWN = List.of(
            "provider",
            "latencyMs",
            "chunkDelayMs",
            "outputTokens",
            "reasoningTokens",
            "cachedTokens",
            "cacheWriteTokens",
            "errorRate",
            "errorStatus",
            "requestsPerMinute",
            "seed",
            "cutAfterChunks",
            "stallAfterChunks",
            "usageMissing",
            "limitIgnored");

    public BehaviourChange {
        providers = Set.copyOf(providers);
    }

    /// Reads the body of `PUT /_behaviour`. Throws [InvalidBehaviourException] naming the first field that is unknown
    /// or out of bounds.
    public static BehaviourChange read(JsonNode body) {
        if (!body.isObject()) {
            throw new InvalidBehaviourException("body", "expected a JSON object");
        }
        for (String name : body.propertyNames()) {
            if (!KNOWN.contains(name)) {
                throw new InvalidBehaviourException(name, "unknown field (known: " + String.join(", ", KNOWN) + ")");
            }
        }
        return new BehaviourChange(providers(body.path("provider")), behaviour(new BehaviourFields(body)));
    }

    private static Behaviour behaviour(BehaviourFields fields) {
        return new Behaviour(
                fields.millis("latencyMs", MAX_DELAY_MILLIS),
                fields.millis("chunkDelayMs", MAX_DELAY_MILLIS),
                fields.optionalWhole("outputTokens", 1, MAX_TOKENS),
                fields.optionalWhole("reasoningTokens", 0, MAX_TOKENS),
                fields.optionalWhole("cachedTokens", 0, MAX_TOKENS),
                fields.optionalWhole("cacheWriteTokens", 0, MAX_TOKENS),
                fields.fraction("errorRate"),
                fields.whole("errorStatus", 400, 599, Behaviour.DEFAULT.errorStatus()),
                fields.optionalWhole("requestsPerMinute", 1, Integer.MAX_VALUE),
                fields.anyLong("seed"),
                fields.optionalWhole("cutAfterChunks", 0, MAX_TOKENS),
                fields.optionalWhole("stallAfterChunks", 0, MAX_TOKENS),
                fields.flag("usageMissing"),
                fields.flag("limitIgnored"));
    }

    private static Set<Provider> providers(JsonNode named) {
        if (named.isMissingNode() || named.isNull()) {
            return Set.of(Provider.values());
        }
        String name = named.isString() ? named.stringValue() : "";
        if (EVERY_PROVIDER.equals(name)) {
            return Set.of(Provider.values());
        }
        return Provider.named(name)
                .map(Set::of)
                .orElseThrow(() -> new InvalidBehaviourException(
                        "provider", named + " (expected: openai, anthropic, gemini or *)"));
    }
}
