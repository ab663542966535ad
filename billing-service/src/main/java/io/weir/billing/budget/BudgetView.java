package io.weir.billing.budget;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Scope;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A budget with its live numbers.
///
/// @param setByPlatform an operator set it: its tenant's admins may not change it
/// @param settled null, as all that follows: orchestration-service did not say
@JsonInclude(JsonInclude.Include.ALWAYS)
record BudgetView(
        String budgetId,
        Scope scope,
        @Nullable String subject,
        Window window,
        String timeZone,
        Amount limit,
        boolean setByPlatform,
        @Nullable Amount settled,
        @Nullable Amount held,
        @Nullable Amount available,
        @Nullable Instant windowStart,
        @Nullable Instant windowEnd) {

    static BudgetView of(BudgetSnapshot budget, boolean setByPlatform, @Nullable Live live) {
        Scope scope = budget.scope();
        return new BudgetView(
                budget.id(),
                scope == null ? Scope.TENANT : scope,
                budget.subject(),
                budget.window(),
                budget.timeZone(),
                budget.limit(),
                setByPlatform,
                live == null ? null : live.settled(),
                live == null ? null : live.held(),
                live == null ? null : left(budget.limit(), live),
                live == null ? null : live.windowStart(),
                live == null ? null : live.windowEnd());
    }

    private static Amount left(Amount limit, Live live) {
        Amount left = limit.minus(live.settled()).minus(live.held());
        return left.isNegative() ? Amount.ZERO : left;
    }

    /// What orchestration-service says of a budget's window of now.
    record Live(
            String budgetId,
            Amount settled,
            Amount held,
            Instant windowStart,
            @Nullable Instant windowEnd) {}
}
