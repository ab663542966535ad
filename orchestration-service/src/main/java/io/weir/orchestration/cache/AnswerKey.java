package io.weir.orchestration.cache;

import io.weir.tenancy.TenantId;

/// Under what an answer is kept: there is none without a tenant.
///
/// @param digest of everything that can change the answer
public record AnswerKey(TenantId tenant, String digest) {

    /// Of the entry in Redis. In braces what chooses the slot of a cluster: all of a tenant is in one.
    String name() {
        return prefix(tenant) + "a:" + digest;
    }

    static String prefix(TenantId tenant) {
        return "weir:cache:{" + tenant + "}:";
    }

    /// Of the list that knows all names of the tenant's.
    static String index(TenantId tenant) {
        return prefix(tenant) + "index";
    }
}
