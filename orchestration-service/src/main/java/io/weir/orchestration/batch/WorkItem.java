package io.weir.orchestration.batch;

import io.weir.tenancy.TenantId;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Something to be done for a batch, as it stands on the topic. To be told twice, or late, does no
/// harm.
///
/// @param chunk to be run; -1: the batch is to be validated or finished
record WorkItem(TenantId tenantId, UUID batchId, int chunk) {

    private static final JsonMapper JSON = JsonMapper.shared();

    byte[] bytes() {
        return JSON.writeValueAsBytes(this);
    }

    /// Throws [IllegalArgumentException] where it is none.
    static WorkItem read(byte[] bytes) {
        try {
            return JSON.readValue(bytes, WorkItem.class);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("no work for a batch", malformed);
        }
    }

    /// Spreads a batch over the partitions.
    String key() {
        return batchId + "/" + chunk;
    }

    BatchId batch() {
        return new BatchId(batchId);
    }
}
