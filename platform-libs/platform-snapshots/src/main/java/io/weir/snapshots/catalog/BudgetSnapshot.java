package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A cap on spending per calendar window.
///
/// @param id stable for the life of the budget; a tenant's monthly one is `tenant:<tenant id>`
/// @param tenantId whose it is; the reserved tenant's for the platform's own
/// @param limit in US dollars; a lower limit takes effect at once
/// @param timeZone IANA name, in which windows begin and end
/// @param tenantVersion version of the tenant snapshot from which this was made; 0: it was not
/// @param scope whose calls count; null: the tenant's
/// @param subject the key's or member's id, or the tag as `name=value`; null where the scope needs none
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BudgetSnapshot(
        String id,
        TenantId tenantId,
        Amount limit,
        Window window,
        String timeZone,
        long version,
        long tenantVersion,
        @Nullable Scope scope,
        @Nullable String subject) {

    @JsonCreator
    public BudgetSnapshot {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(timeZone, "timeZone");
    }

    /// Of all of a tenant's calls.
    public BudgetSnapshot(
            String id,
            TenantId tenantId,
            Amount limit,
            Window window,
            String timeZone,
            long version,
            long tenantVersion) {
        this(id, tenantId, limit, window, timeZone, version, tenantVersion, null, null);
    }

    /// The id of the budget that a tenant's `maxMonthlySpend` becomes.
    public static String tenantBudgetId(TenantId tenant) {
        return "tenant:" + tenant;
    }

    /// Whose calls count, as one word: budgets of the same target count the same calls.
    public String target() {
        return target(scope == null ? Scope.TENANT : scope, tenantId, subject);
    }

    /// @param subject the key's or member's id, or the tag; of no matter where the scope needs none
    public static String target(Scope scope, TenantId tenant, @Nullable String subject) {
        return switch (scope) {
            case PLATFORM -> "platform";
            case TENANT -> "tenant:" + tenant;
            case KEY, MEMBER, TAG -> scope.wireName() + ":" + tenant + ":" + subject;
        };
    }

    /// Whose calls a budget counts.
    public enum Scope {
        @JsonProperty("platform")
        PLATFORM,
        @JsonProperty("tenant")
        TENANT,
        @JsonProperty("key")
        KEY,
        @JsonProperty("member")
        MEMBER,
        @JsonProperty("tag")
        TAG;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The calendar span after which spending starts from zero. Weeks begin on Mondays.
    public enum Window {
        @JsonProperty("day")
        DAY,
        @JsonProperty("week")
        WEEK,
        @JsonProperty("month")
        MONTH,
        @JsonProperty("total")
        TOTAL;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
