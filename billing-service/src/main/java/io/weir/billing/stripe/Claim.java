package io.weir.billing.stripe;

import io.weir.tenancy.TenantId;
import java.util.UUID;

/// A worker's right to act on a tenant's invoices. It is renewed with every step; who has lost it stops.
record Claim(UUID worker, TenantId tenantId) {}
