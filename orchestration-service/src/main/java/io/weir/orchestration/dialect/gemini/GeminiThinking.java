package io.weir.orchestration.dialect.gemini;

import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's `reasoning_effort` in Gemini's terms, as Google's own OpenAI endpoint maps it.
final class GeminiThinking {

    private GeminiThinking() {}

    /// Tokens to think with; -1: no such effort.
    static int budget(String effort) {
        return switch (effort) {
            case "none" -> 0;
            case "minimal", "low" -> 1_024;
            case "medium" -> 8_192;
            case "high" -> 24_576;
            default -> -1;
        };
    }

    /// Models of generation 2 take a budget, later ones a level.
    static void write(String effort, String model, ObjectNode config) {
        int budget = budget(effort);
        if (budget < 0) {
            return;
        }
        ObjectNode thinking = config.putObject("thinkingConfig");
        if (isOfGenerationTwo(model)) {
            thinking.put("thinkingBudget", budget);
        } else {
            thinking.put("thinkingLevel", budget == 0 ? "minimal" : effort.toLowerCase(Locale.ROOT));
        }
    }

    static boolean isOfGenerationTwo(String model) {
        return model.startsWith("gemini-2") || model.startsWith("gemini-1");
    }
}
