package io.weir.tenant.keyuse;

import io.weir.tenancy.TenantId;
import java.time.Instant;

/// That a key was used.
record KeyUse(TenantId tenant, String keyId, Instant at) {}
