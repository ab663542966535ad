package io.weir.orchestration.budget.alert;

import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Instant;

/// What is said of a window.
///
/// @param kind `threshold_50`, `threshold_80`, `threshold_100` or `burn_rate`
/// @param limitVersion of the definition; a raised limit lets what was raised be raised again
record BudgetAlert(
        TenantId tenantId,
        String budgetId,
        Instant windowStart,
        String kind,
        long limitVersion,
        Amount settled,
        Amount limit,
        Instant raisedAt) {

    /// The same for each repetition.
    String id() {
        return budgetId + "/" + windowStart + "/" + kind + "/" + limitVersion;
    }
}
