package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.answer.Function;
import io.weir.simulators.provider.gemini.GeminiModels.GeminiModel;
import io.weir.simulators.provider.gemini.GeminiModels.Thinking;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads and checks the body of a content request. Throws [GeminiException] worded as Gemini words it; as
/// there, a field that does not exist is refused.
final class ContentRequestReader {

    private static final Set<String> REQUEST = Set.of(
            "model",
            "contents",
            "systemInstruction",
            "tools",
            "toolConfig",
            "safetySettings",
            "generationConfig",
            "cachedContent",
            "labels");

    private static final Set<String> CONFIG = Set.of(
            "temperature",
            "topP",
            "topK",
            "candidateCount",
            "maxOutputTokens",
            "stopSequences",
            "responseMimeType",
            "responseSchema",
            "responseJsonSchema",
            "presencePenalty",
            "frequencyPenalty",
            "seed",
            "responseLogprobs",
            "logprobs",
            "thinkingConfig",
            "responseModalities",
            "mediaResolution");

    private static final int MAX_STOPS = 5;
    private static final int MAX_CANDIDATES = 8;

    private ContentRequestReader() {}

    static ContentRequest read(GeminiModel model, JsonNode body) {
        GeminiFields request = new GeminiFields(body, "").knowing(REQUEST);
        GeminiFields config = request.inside("generationConfig").knowing(CONFIG);
        List<JsonNode> contents = GeminiTurns.read(body.path("contents"));
        List<Function> functions = GeminiTools.functions(body.path("tools"));
        config.decimalWithin("temperature", 0, 2);
        config.decimalWithin("topP", 0, 1);
        Integer candidates = config.whole("candidateCount", 1, MAX_CANDIDATES);
        Integer limit = config.whole("maxOutputTokens", 1, model.outputTokens());
        return new ContentRequest(
                model,
                GeminiTurns.instruction(body.path("systemInstruction")),
                contents,
                body.path("tools"),
                functions,
                GeminiTools.choice(request.inside("toolConfig"), functions),
                answerSchema(config, functions),
                candidates == null ? 1 : candidates,
                limit == null ? model.outputTokens() : limit,
                stops(config),
                config.object().path("seed").asLong(0),
                thinks(model, config.inside("thinkingConfig")));
    }

    private static @Nullable JsonNode answerSchema(GeminiFields config, List<Function> functions) {
        JsonNode own = config.object().path("responseSchema");
        JsonNode json = config.object().path("responseJsonSchema");
        String type = config.text("responseMimeType", "text/plain");
        if (type.equals("text/plain")) {
            if (!own.isMissingNode() || !json.isMissingNode()) {
                throw GeminiException.invalid("* GenerateContentRequest.generation_config.response_schema: response"
                        + " schema is only supported with mime type `application/json`.");
            }
            return null;
        }
        if (!type.equals("application/json")) {
            throw GeminiException.invalid("* GenerateContentRequest.generation_config.response_mime_type: allowed"
                    + " mimetypes are `text/plain` and `application/json`.");
        }
        if (!functions.isEmpty()) {
            throw GeminiException.invalid(
                    "Function calling with a response mime type: 'application/json' is unsupported");
        }
        if (!own.isMissingNode()) {
            return GeminiSchema.checked(own, "generation_config.response_schema");
        }
        return json.isMissingNode() ? JsonNodeFactory.instance.objectNode() : json;
    }

    private static List<String> stops(GeminiFields config) {
        JsonNode stops = config.object().path("stopSequences");
        if (stops.isMissingNode()) {
            return List.of();
        }
        boolean texts = stops.isArray() && stops.valueStream().allMatch(JsonNode::isString);
        if (!texts || stops.size() > MAX_STOPS) {
            throw config.wrongValue("stop_sequences", stops);
        }
        return stops.valueStream()
                .map(JsonNode::stringValue)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static boolean thinks(GeminiModel model, GeminiFields thinking) {
        thinking.knowing(Set.of("includeThoughts", "thinkingBudget", "thinkingLevel"));
        Integer budget = thinking.whole("thinkingBudget", -1, model.outputTokens());
        if (budget != null && budget == 0 && model.thinking() == Thinking.ALWAYS) {
            throw GeminiException.invalid("Budget 0 is invalid. This model only works in thinking mode.");
        }
        return budget == null ? model.thinking() != Thinking.WHEN_ASKED : budget != 0;
    }
}
