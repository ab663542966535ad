package io.weir.orchestration.surface.messages;

import io.weir.problem.PlatformException;
import java.util.Map;

/// Names of chat completions' fields as the Messages API has them.
final class OwnWords {

    private static final Map<String, String> FIELDS = Map.of(
            "max_completion_tokens", "max_tokens",
            "stop", "stop_sequences",
            "stream_options", "stream",
            "user", "metadata.user_id",
            "reasoning_effort", "thinking",
            "response_format", "output_config.format",
            "parallel_tool_calls", "tool_choice.disable_parallel_tool_use");

    private OwnWords() {}

    /// The same problem, named after the client's field. Where in the conversation it is cannot be said, since its
    /// messages are others there.
    static PlatformException of(PlatformException problem) {
        String param = problem.param();
        if (param == null) {
            return problem;
        }
        String field = param.split("[.\\[]", 2)[0];
        String own = FIELDS.getOrDefault(field, field);
        String said = String.valueOf(problem.getMessage())
                .replace("'" + param + "'", "'" + own + "'")
                .replace("'" + field + "'", "'" + own + "'");
        PlatformException renamed = PlatformException.of(problem.type(), own, said);
        for (Map.Entry<String, Object> member : problem.members().entrySet()) {
            renamed = renamed.with(member.getKey(), member.getValue());
        }
        return renamed;
    }
}
