package io.weir.tenant.publication;

import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A version of a snapshot that must reach its topic.
///
/// @param tenant whose it is; the reserved tenant for what belongs to nobody
/// @param json null: the key leaves the topic
public record Publication(
        TenantId tenant,
        SnapshotTopic<?> topic,
        String key,
        long version,
        @Nullable String json) {

    /// The key leaves the topic, with a version of its own.
    public static Publication removal(TenantId tenant, SnapshotTopic<?> topic, String key, long version) {
        return new Publication(tenant, topic, key, version, null);
    }

    public static <T> Publication of(TenantId tenant, SnapshotTopic<T> topic, String key, long version, T snapshot) {
        return new Publication(
                tenant, topic, key, version, new String(SnapshotJson.write(snapshot), StandardCharsets.UTF_8));
    }
}
