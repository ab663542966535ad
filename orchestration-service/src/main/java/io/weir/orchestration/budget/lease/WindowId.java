package io.weir.orchestration.budget.lease;

import io.weir.tenancy.TenantId;
import java.time.Instant;

/// One window of one budget.
///
/// @param owner whose budget it is; the platform's own for those that count all tenants
/// @param start the window's key
public record WindowId(TenantId owner, String budgetId, Instant start) {}
