package io.weir.billing.rerating;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.billing.rerating.Rerated.OfTenant;
import io.weir.money.Amount;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A span priced again, as operators see it.
///
/// @param to exclusive
/// @param tenantId absent: all tenants
/// @param books numbers of the price books that were used, by id
/// @param counters meters that were given to providers' counters, by `provider:counter`
/// @param difference over all tenants
/// @param closed invoices that are final: what moves in their span comes on no invoice by itself
@JsonInclude(JsonInclude.Include.NON_NULL)
record Run(
        UUID id,
        Status status,
        Instant from,
        Instant to,
        @Nullable UUID tenantId,
        Map<String, Long> books,
        Map<String, String> counters,
        boolean releaseMeasured,
        Amount difference,
        List<OfTenant> tenants,
        List<Closed> closed,
        Instant createdAt,
        @Nullable Instant appliedAt) {

    /// @param difference of the run, within the invoice's span
    record Closed(UUID tenantId, String period, String number, Amount difference) {}

    /// What a run has come to.
    enum Status {
        DRY_RUN,
        APPLIED;

        static Status of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        @JsonValue
        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Run as(Status now, @Nullable Instant applied, List<Closed> finals) {
        return new Run(
                id,
                now,
                from,
                to,
                tenantId,
                books,
                counters,
                releaseMeasured,
                difference,
                tenants,
                finals,
                createdAt,
                applied);
    }
}
