package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.generation.PromptTally;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The contents and tools of a request as texts to count. Gemini's tokenizer is not public; here each content costs 2
/// tokens and those of its parts, a tool its compact JSON, an image 258 as with Gemini.
final class ContentPrompt {

    private static final int PER_CONTENT = 2;
    private static final int PER_IMAGE = 258;

    private ContentPrompt() {}

    static PromptTally of(ContentRequest request) {
        PromptTally tally = beginningOf(request);
        request.contents().forEach(content -> add(content, tally));
        return tally;
    }

    /// What Gemini caches of it here: the instruction and the tools.
    static PromptTally beginningOf(ContentRequest request) {
        PromptTally tally = new PromptTally();
        if (!request.systemInstruction().isMissingNode()) {
            add(request.systemInstruction(), tally);
        }
        request.tools().values().forEach(tool -> tally.text(tool.toString()));
        return tally;
    }

    static String firstUserText(List<JsonNode> contents) {
        return contents.stream()
                .filter(GeminiTurns::isUser)
                .findFirst()
                .map(ContentPrompt::textOf)
                .orElse("");
    }

    static String lastUserText(List<JsonNode> contents) {
        return GeminiTurns.isUser(contents.getLast()) ? textOf(contents.getLast()) : "";
    }

    /// The text of a content, its parts joined.
    static String textOf(JsonNode content) {
        return content.path("parts")
                .valueStream()
                .map(part -> part.path("text").asString(""))
                .collect(Collectors.joining(" "))
                .strip();
    }

    private static void add(JsonNode content, PromptTally tally) {
        tally.fixed(PER_CONTENT);
        for (JsonNode part : content.path("parts").values()) {
            if (part.has("text")) {
                tally.text(part.path("text").asString(""));
            } else if (part.has("inlineData") || part.has("fileData")) {
                tally.fixed(PER_IMAGE);
            } else {
                tally.text(part.toString());
            }
        }
    }
}
