package io.weir.orchestration.provider;

import io.weir.tenancy.TenantId;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Whether the calls of several tenants failed lately, which makes it the provider's trouble rather
/// than one tenant's. Safe for use by many threads.
final class Suspicion {

    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(30);

    private @Nullable TenantId latest;
    private long latestAt;
    // The latest of any other.
    private @Nullable TenantId other;
    private long otherAt;

    /// Notes a failure. Whether another tenant's call failed not long before.
    ///
    /// @param now by [System#nanoTime]
    synchronized boolean isShared(TenantId tenant, long now) {
        if (!tenant.equals(latest)) {
            other = latest;
            otherAt = latestAt;
            latest = tenant;
        }
        latestAt = now;
        return other != null && now - otherAt < LATELY_NANOS;
    }
}
