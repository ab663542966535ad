package io.weir.orchestration.surface.responses;

import io.weir.problem.PlatformException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a field of the chat request is called in the Responses API, for problems that are found in the former. Not
/// safe for use by several threads until it is filled.
final class OwnWords {

    private record Renamed(String chat, String own) {}

    private static final List<Renamed> FIELDS = List.of(
            new Renamed("max_completion_tokens", "max_output_tokens"),
            new Renamed("response_format.json_schema", "text.format"),
            new Renamed("response_format", "text.format"),
            new Renamed("reasoning_effort", "reasoning.effort"),
            new Renamed("verbosity", "text.verbosity"),
            new Renamed("tool_choice.function", "tool_choice"),
            new Renamed("messages", "input"));

    private final Map<String, String> stems = new HashMap<>();

    /// Notes where a message, a part or a call comes from.
    void stems(String chat, String own) {
        stems.put(chat, own);
    }

    /// The same problem in the words of this API.
    PlatformException of(PlatformException problem) {
        String param = problem.param();
        String own = param == null ? null : of(param);
        if (param == null || own == null || own.equals(param)) {
            return problem;
        }
        String message = String.valueOf(problem.getMessage()).replace("'" + param + "'", "'" + own + "'");
        PlatformException told = PlatformException.of(problem.type(), own, message);
        for (Map.Entry<String, Object> member : problem.members().entrySet()) {
            told = told.with(member.getKey(), member.getValue());
        }
        return told;
    }

    String of(String chat) {
        for (int end = chat.length(); end > 0; end = stemEnd(chat, end)) {
            String stem = stems.get(chat.substring(0, end));
            if (stem != null) {
                return stem + rest(chat.substring(end));
            }
        }
        if (chat.startsWith("tools[")) {
            return chat.replace("].function", "]");
        }
        for (Renamed field : FIELDS) {
            if (isWithin(chat, field.chat())) {
                return field.own() + chat.substring(field.chat().length());
            }
        }
        return chat;
    }

    private static int stemEnd(String chat, int end) {
        return Math.max(chat.lastIndexOf('.', end - 1), chat.lastIndexOf('[', end - 1));
    }

    private static String rest(String rest) {
        return rest.startsWith(".function")
                ? rest.substring(".function".length())
                : rest.replace(".tool_call_id", ".call_id");
    }

    private static boolean isWithin(String chat, String field) {
        return chat.startsWith(field)
                && (chat.length() == field.length() || ".[".indexOf(chat.charAt(field.length())) >= 0);
    }
}
