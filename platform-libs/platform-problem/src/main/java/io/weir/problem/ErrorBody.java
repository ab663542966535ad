package io.weir.problem;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An error as bytes in the shape that the path calls for.
public record ErrorBody(String contentType, byte[] bytes) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TYPE_PREFIX = "urn:weir:problem:";
    private static final String PLAIN_JSON = "application/json";

    /// Chooses the shape by path: Anthropic's under `/v1/messages`, OpenAI's elsewhere under `/v1`, RFC 9457 elsewhere.
    public static ErrorBody forPath(String path, PlatformException problem, String requestId) {
        return switch (ErrorShape.of(path)) {
            case ANTHROPIC -> new ErrorBody(PLAIN_JSON, anthropicBytes(problem.type(), message(problem), requestId));
            case OPENAI ->
                new ErrorBody(PLAIN_JSON, openAiBytes(problem.type(), message(problem), problem.param(), requestId));
            case PROBLEM_DETAILS -> problemDetails(path, problem, requestId);
        };
    }

    /// The `error` object alone, as it stands in the envelope and in a stream's error event.
    public static byte[] openAiBytes(ProblemType type, String message, @Nullable String param, String requestId) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode error = root.putObject("error");
        error.put("message", message + " (request id: " + requestId + ")");
        error.put("type", type.openAiType());
        error.put("param", param);
        error.put("code", type.code());
        return JSON.writeValueAsBytes(root);
    }

    /// As Anthropic tells it, whole and in a stream's `error` event. Has no place for a field; messages name it.
    public static byte[] anthropicBytes(ProblemType type, String message, String requestId) {
        ObjectNode root = JSON.createObjectNode();
        root.put("type", "error");
        root.putObject("error").put("type", type.anthropicType()).put("message", anthropicMessage(type, message));
        root.put("request_id", requestId);
        return JSON.writeValueAsBytes(root);
    }

    // Agents shorten their conversation by these words.
    private static String anthropicMessage(ProblemType type, String message) {
        return type == ProblemType.CONTEXT_LENGTH_EXCEEDED ? "prompt is too long: " + message : message;
    }

    private static ErrorBody problemDetails(String path, PlatformException problem, String requestId) {
        ObjectNode root = JSON.createObjectNode();
        root.put("type", TYPE_PREFIX + problem.type().slug());
        root.put("title", problem.type().title());
        root.put("status", problem.type().status());
        root.put("detail", message(problem));
        root.put("instance", path);
        root.put("code", problem.type().code());
        if (problem.param() != null) {
            root.put("param", problem.param());
        }
        problem.members().forEach(root::putPOJO);
        root.put("requestId", requestId);
        return new ErrorBody("application/problem+json", JSON.writeValueAsBytes(root));
    }

    private static String message(PlatformException problem) {
        String message = problem.getMessage();
        return message == null ? problem.type().title() : message;
    }
}
