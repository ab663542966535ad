package io.weir.orchestration.cache;

import io.weir.tenancy.TenantId;

/// Under what the messages are kept that were asked in the same surroundings: there is none without a tenant.
///
/// @param digest of everything that can change the answer but the last message
public record FrameKey(TenantId tenant, String digest) {

    String name() {
        return AnswerKey.prefix(tenant) + "f:" + digest;
    }
}
