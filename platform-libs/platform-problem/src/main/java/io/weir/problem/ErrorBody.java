package io.weir.problem;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An error as bytes in the shape that the path calls for.
public record ErrorBody(String contentType, byte[] bytes) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TYPE_PREFIX = "urn:weir:problem:";

    /// Chooses the shape by path: OpenAI's under `/v1`, RFC 9457 elsewhere.
    public static ErrorBody forPath(String path, PlatformException problem, String requestId) {
        return path.equals("/v1") || path.startsWith("/v1/")
                ? openAi(problem, requestId)
                : problemDetails(path, problem, requestId);
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

    private static ErrorBody openAi(PlatformException problem, String requestId) {
        return new ErrorBody(
                "application/json", openAiBytes(problem.type(), message(problem), problem.param(), requestId));
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
