package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;

/// A cap on spending per calendar window.
///
/// @param id stable for the life of the budget; a tenant's monthly one is `tenant:<tenant id>`
/// @param limit in US dollars; a lower limit takes effect at once
/// @param timeZone IANA name, in which windows begin and end
/// @param tenantVersion version of the tenant snapshot from which this was made
public record BudgetSnapshot(
        String id, TenantId tenantId, Amount limit, Window window, String timeZone, long version, long tenantVersion) {

    /// The id of the budget that a tenant's `maxMonthlySpend` becomes.
    public static String tenantBudgetId(TenantId tenant) {
        return "tenant:" + tenant;
    }

    /// The calendar span after which spending starts from zero.
    public enum Window {
        @JsonProperty("day")
        DAY,
        @JsonProperty("month")
        MONTH,
        @JsonProperty("total")
        TOTAL
    }
}
