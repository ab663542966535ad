package io.weir.orchestration.batch;

import io.weir.orchestration.file.FileId;
import io.weir.problem.PlatformException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The body of `POST /v1/batches`.
///
/// @param metadata JSON; null: none
record BatchOrder(FileId input, String endpoint, @Nullable String metadata) {

    private static final int MOST_PAIRS = 16;
    private static final int LONGEST_KEY = 64;
    private static final int LONGEST_VALUE = 512;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// Throws a 400 that names the field.
    static BatchOrder read(byte[] body, Set<String> endpoints) {
        JsonNode root = root(body);
        String endpoint = text(root, "endpoint");
        if (!endpoints.contains(endpoint)) {
            throw PlatformException.invalid(
                    "endpoint",
                    "Invalid endpoint. Batches run calls to " + String.join(", ", new TreeSet<>(endpoints)) + ".");
        }
        if (!text(root, "completion_window").equals("24h")) {
            throw PlatformException.invalid("completion_window", "Invalid completion_window. Send 24h.");
        }
        return new BatchOrder(input(text(root, "input_file_id")), endpoint, metadata(root.path("metadata")));
    }

    private static JsonNode root(byte[] body) {
        try {
            JsonNode root = JSON.readTree(body);
            if (root.isObject()) {
                return root;
            }
        } catch (JacksonException malformed) {
            // As what is no object.
        }
        throw PlatformException.invalid("body", "The body is not a JSON object. See the API reference.");
    }

    private static String text(JsonNode root, String name) {
        JsonNode value = root.path(name);
        if (value.isMissingNode() || value.isNull()) {
            throw PlatformException.invalid(name, "Missing required parameter: '" + name + "'.");
        }
        if (!value.isString()) {
            throw PlatformException.invalid(name, "Invalid '" + name + "'. Send a string.");
        }
        return value.asString();
    }

    /// The 400 where the tenant has no such file, or it is for something else.
    static PlatformException noInput(String id) {
        return PlatformException.invalid(
                "input_file_id",
                "There is no file '" + (id.length() <= 64 ? id : id.substring(0, 64))
                        + "' for batches. Upload one with POST /v1/files and purpose=batch.");
    }

    private static FileId input(String id) {
        try {
            return FileId.of(id);
        } catch (PlatformException noId) {
            throw noInput(id);
        }
    }

    private static @Nullable String metadata(JsonNode metadata) {
        if (metadata.isMissingNode() || metadata.isNull()) {
            return null;
        }
        boolean fits = metadata.isObject() && metadata.size() <= MOST_PAIRS;
        for (Map.Entry<String, JsonNode> pair : metadata.properties()) {
            fits &= pair.getKey().length() <= LONGEST_KEY
                    && pair.getValue().isString()
                    && pair.getValue().asString().length() <= LONGEST_VALUE
                    && pair.getKey().indexOf('\0') < 0
                    && pair.getValue().asString().indexOf('\0') < 0;
        }
        if (!fits) {
            throw PlatformException.invalid(
                    "metadata",
                    "Invalid metadata. Send at most " + MOST_PAIRS + " pairs of strings: names of up to " + LONGEST_KEY
                            + " characters, values of up to " + LONGEST_VALUE + ".");
        }
        return JSON.writeValueAsString(metadata);
    }
}
