package io.weir.simulators.provider.gemini;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/// A refusal in Gemini's terms.
final class GeminiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String status;
    private final transient @Nullable ArrayNode details;

    GeminiException(int code, String status, String message, @Nullable ArrayNode details) {
        super(message, null, false, false);
        this.code = code;
        this.status = status;
        this.details = details;
    }

    static GeminiException invalid(String message) {
        return new GeminiException(400, "INVALID_ARGUMENT", message, null);
    }

    static GeminiException unknownName(String name, String at) {
        return invalid("Invalid JSON payload received. Unknown name \"" + name + "\""
                + (at.isEmpty() ? "" : " at '" + at + "'") + ": Cannot find field.");
    }

    static GeminiException unknownModel(String model, String method) {
        return new GeminiException(
                404,
                "NOT_FOUND",
                "models/" + model + " is not found for API version v1beta, or is not supported for " + method
                        + ". Call ListModels to see the list of available models and their supported methods.",
                null);
    }

    int code() {
        return code;
    }

    String status() {
        return status;
    }

    @Nullable
    ArrayNode details() {
        return details;
    }
}
