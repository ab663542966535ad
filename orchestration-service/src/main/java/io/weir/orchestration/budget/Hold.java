package io.weir.orchestration.budget;

import io.weir.money.Amount;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.tenancy.TenantContext;
import java.time.Instant;

/// A request's claim on a budget.
///
/// @param windowStart the key of the [BudgetWindow]
/// @param limit of the budget, as its definition of version `limitVersion` says
public record Hold(
        TenantContext tenant,
        String requestId,
        String budgetId,
        Instant windowStart,
        Amount limit,
        long limitVersion,
        Amount ceiling) {

    /// The same with a higher ceiling, under the definition in force.
    Hold raisedTo(Amount higher, BudgetSnapshot definition) {
        return new Hold(tenant, requestId, budgetId, windowStart, definition.limit(), definition.version(), higher);
    }

    Hold withCeiling(Amount smaller) {
        return new Hold(tenant, requestId, budgetId, windowStart, limit, limitVersion, smaller);
    }
}
