package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.LackFinder;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What the Gemini API cannot do.
final class GeminiLacks {

    private static final int MOST_CHOICES = 8;
    private static final int MOST_STOPS = 5;
    private static final Set<String> FORMATS = Set.of("text", "json_object", "json_schema");

    private GeminiLacks() {}

    static List<Lack> of(ChatRequest request) {
        LackFinder finder = new LackFinder(GeminiDialect.NAME, request)
                .choicesUpTo(MOST_CHOICES)
                .without("logprobs", "top_logprobs", "logit_bias");
        JsonNode body = finder.body();
        JsonNode seed = body.path("seed");
        if (seed.isIntegralNumber() && !seed.canConvertToInt()) {
            finder.add(Lack.droppable("seed", "gemini takes a 'seed' of 32 bits."));
        }
        if (body.path("stop").size() > MOST_STOPS) {
            finder.add(new Lack("stop", "gemini takes at most 5 for 'stop'.", "kept the first 5 of 'stop'"));
        }
        String format = body.path("response_format").path("type").asString("text");
        if (!FORMATS.contains(format)) {
            finder.withoutFormat(format);
        }
        boolean json = FORMATS.contains(format) && !format.equals("text");
        if (json && !body.path("tools").isEmpty()) {
            finder.add(Lack.droppable("response_format", "gemini gives JSON or calls tools, not both."));
        }
        String effort = body.path("reasoning_effort").asString("");
        if (!effort.isEmpty() && GeminiThinking.budget(effort) < 0) {
            finder.add(Lack.droppable("reasoning_effort", "gemini takes none, minimal, low, medium or high here."));
        }
        oneAtATime(finder, body);
        return finder.toolsAreFunctions().withoutAddresses().messages(true).lacks();
    }

    private static void oneAtATime(LackFinder finder, JsonNode body) {
        JsonNode parallel = body.path("parallel_tool_calls");
        if (parallel.isBoolean()
                && !parallel.booleanValue()
                && !body.path("tools").isEmpty()) {
            finder.add(Lack.droppable("parallel_tool_calls", "gemini cannot be kept from several tool calls at once."));
        }
    }
}
