package io.weir.tenant.publication;

import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;

/// A version of a snapshot that must reach its topic.
///
/// @param tenant whose it is; the reserved tenant for what belongs to nobody
public record Publication(TenantId tenant, SnapshotTopic<?> topic, String key, long version, String json) {

    public static <T> Publication of(TenantId tenant, SnapshotTopic<T> topic, String key, long version, T snapshot) {
        return new Publication(
                tenant,
                topic,
                key,
                version,
                new String(SnapshotJson.write(snapshot), java.nio.charset.StandardCharsets.UTF_8));
    }
}
