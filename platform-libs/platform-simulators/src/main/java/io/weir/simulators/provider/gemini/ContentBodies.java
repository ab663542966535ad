package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.answer.PromptUse;
import io.weir.simulators.provider.http.StreamScript;
import io.weir.simulators.provider.http.StreamScript.Delta;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers on the wire. Every piece of a stream is a whole response with the usage so far; a function call comes in one
/// piece. As with Gemini, what is zero is left out.
final class ContentBodies {

    private static final JsonMapper JSON = JsonMapper.shared();

    private ContentBodies() {}

    static String whole(Content content, boolean usageMissing) {
        List<ObjectNode> candidates = IntStream.range(0, content.candidates().size())
                .mapToObj(index -> {
                    Answer answer = content.candidates().get(index);
                    return candidate(index, parts(answer.content()), Content.finishReason(answer));
                })
                .toList();
        return response(content, candidates, content.shownTokens(), usageMissing);
    }

    static StreamScript streamed(Content content, boolean usageMissing) {
        int thought = content.reasoningTokens();
        List<ObjectNode> endings = IntStream.range(0, content.candidates().size())
                .mapToObj(index -> candidate(
                        index,
                        List.of(text("")),
                        Content.finishReason(content.candidates().get(index))))
                .toList();
        String closing = event(response(content, endings, content.shownTokens(), usageMissing));
        return new StreamScript(
                "", deltas(content, usageMissing), closing, content.prompt().generating(thought, thought));
    }

    /// One piece for each token of a text, one for a call; several candidates take turns.
    private static Flux<Delta> deltas(Content content, boolean usageMissing) {
        return Flux.defer(() -> {
            List<Piece> pieces = pieces(content.candidates());
            int[] shown = new int[1];
            return Flux.fromIterable(pieces).map(piece -> {
                shown[0] += piece.tokens();
                ObjectNode candidate = candidate(piece.index(), List.of(piece.part()), null);
                return new Delta(event(response(content, List.of(candidate), shown[0], usageMissing)), piece.tokens());
            });
        });
    }

    private static List<Piece> pieces(List<Answer> candidates) {
        List<Piece> pieces = new ArrayList<>();
        int longest = candidates.stream()
                .mapToInt(answer -> answer.content().pieces().size())
                .max()
                .orElse(0);
        for (int position = 0; position < Math.max(1, longest); position++) {
            for (int index = 0; index < candidates.size(); index++) {
                piece(index, candidates.get(index).content(), position, pieces);
            }
        }
        return pieces;
    }

    private static void piece(int index, Answer.Content content, int position, List<Piece> pieces) {
        switch (content) {
            case Answer.Text text -> {
                if (position < text.pieces().size()) {
                    pieces.add(new Piece(index, text(text.pieces().get(position)), 1));
                }
            }
            case Answer.Call call -> {
                if (position == 0) {
                    pieces.add(new Piece(index, call(call), call.tokens()));
                }
            }
        }
    }

    private static List<ObjectNode> parts(Answer.Content content) {
        return switch (content) {
            case Answer.Text text ->
                text.pieces().isEmpty() ? List.of() : List.of(text(String.join("", text.pieces())));
            case Answer.Call call -> List.of(call(call));
        };
    }

    private static ObjectNode text(String text) {
        return JSON.createObjectNode().put("text", text);
    }

    private static ObjectNode call(Answer.Call call) {
        ObjectNode part = JSON.createObjectNode();
        part.putObject("functionCall").put("name", call.function()).set("args", arguments(call));
        return part;
    }

    // A call that the limit cut short has no whole arguments.
    private static ObjectNode arguments(Answer.Call call) {
        try {
            return (ObjectNode) JSON.readTree(String.join("", call.pieces()));
        } catch (JacksonException cutShort) {
            return JSON.createObjectNode();
        }
    }

    private static ObjectNode candidate(int index, List<ObjectNode> parts, @Nullable String finishReason) {
        ObjectNode candidate = JSON.createObjectNode();
        ObjectNode said = candidate.putObject("content");
        if (!parts.isEmpty()) {
            said.putArray("parts").addAll(parts);
        }
        said.put("role", "model");
        if (finishReason != null) {
            candidate.put("finishReason", finishReason);
        }
        return candidate.put("index", index);
    }

    private static String response(Content content, List<ObjectNode> candidates, int shown, boolean usageMissing) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode array = body.putArray("candidates");
        array.addAll(candidates);
        if (!usageMissing) {
            body.set("usageMetadata", usage(content, shown));
        }
        return body.put("modelVersion", content.model())
                .put("responseId", content.id())
                .toString();
    }

    private static ObjectNode usage(Content content, int shown) {
        PromptUse prompt = content.prompt();
        int thought = content.reasoningTokens();
        ObjectNode usage = JSON.createObjectNode().put("promptTokenCount", prompt.tokens());
        putUnlessZero(usage, "candidatesTokenCount", shown);
        usage.put("totalTokenCount", prompt.tokens() + shown + thought);
        putUnlessZero(usage, "cachedContentTokenCount", prompt.cached());
        usage.putArray("promptTokensDetails")
                .addObject()
                .put("modality", "TEXT")
                .put("tokenCount", prompt.tokens());
        putUnlessZero(usage, "thoughtsTokenCount", thought);
        return usage;
    }

    private static void putUnlessZero(ObjectNode usage, String name, int count) {
        if (count > 0) {
            usage.put(name, count);
        }
    }

    private static String event(String json) {
        return "data: " + json + "\r\n\r\n";
    }

    private record Piece(int index, ObjectNode part, int tokens) {}
}
