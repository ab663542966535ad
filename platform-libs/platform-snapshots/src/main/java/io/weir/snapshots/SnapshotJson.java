package io.weir.snapshots;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The one way in which snapshots become bytes: unknown fields are ignored (a newer writer may add some),
/// a missing mandatory one is refused by the record itself.
public final class SnapshotJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private SnapshotJson() {}

    public static byte[] write(Object snapshot) {
        return JSON.writeValueAsBytes(snapshot);
    }

    static String text(Object value) {
        return JSON.writeValueAsString(value);
    }

    static <T> T read(String text, Class<T> type) {
        return JSON.readValue(text, type);
    }

    /// Throws a `JacksonException` when the bytes are not a `T`.
    public static <T> T read(byte[] bytes, Class<T> type) {
        return JSON.readValue(bytes, type);
    }
}
