package io.weir.tenancy;

/// On whose behalf background work runs. There is no third case, and no default.
public sealed interface ExecutionScope {

    /// Work for one tenant: sees that tenant's rows only.
    record ForTenant(TenantContext tenant) implements ExecutionScope {}

    /// Work for the platform itself, across tenants. Each use is audited under its reason.
    record ForPlatform(String reason) implements ExecutionScope {
        public ForPlatform {
            if (reason.isBlank()) {
                throw new IllegalArgumentException(
                        "platform scope: no reason (expected: why tenants' rows are crossed)");
            }
        }
    }
}
