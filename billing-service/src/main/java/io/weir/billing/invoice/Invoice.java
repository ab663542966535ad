package io.weir.billing.invoice;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.billing.rating.RatedLine;
import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.billing.rating.RoundedAmount;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a tenant owes for a month. Amounts are decimal strings on the wire.
///
/// @param number of the seller's gap-free sequence; null while a draft
/// @param period the month
/// @param periodStart inclusive; where the month before was closed early, the instant up to which it was
/// @param periodEnd exclusive; where the invoice was asked for as of an instant, that one
/// @param openHours sealed hours in it that were not over when they were sealed
/// @param exactModelCost sum of the price book's costs, before markup and rounding
/// @param total sum of the lines' rounded amounts
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Invoice(
        UUID id,
        @Nullable String number,
        TenantId tenantId,
        TenantSlug slug,
        String plan,
        Status status,
        YearMonth period,
        Instant periodStart,
        Instant periodEnd,
        ZoneId timeZone,
        String currency,
        Instant madeAt,
        long openHours,
        long billableCalls,
        List<RatedLine> lines,
        Amount exactModelCost,
        RoundedAmount total) {

    public Invoice {
        lines = List.copyOf(lines);
        if ((status == Status.FINAL) != (number != null)) {
            throw new IllegalArgumentException(
                    "invoice " + id + ": " + status + " with number " + number + " (expected: final ones have one)");
        }
    }

    public enum Status {
        @JsonProperty("draft")
        DRAFT,
        @JsonProperty("final")
        FINAL
    }

    boolean isFinal() {
        return status == Status.FINAL;
    }

    Invoice numbered(String given) {
        return with(Status.FINAL, given, lines);
    }

    /// Without the sealed hours under each line, which a list of invoices leaves out.
    Invoice abridged() {
        return with(status, number, lines.stream().map(Invoice::abridged).toList());
    }

    private static RatedLine abridged(RatedLine line) {
        return line instanceof ModelUsage usage ? usage.withoutHours() : line;
    }

    private Invoice with(Status otherStatus, @Nullable String otherNumber, List<RatedLine> otherLines) {
        return new Invoice(
                id,
                otherNumber,
                tenantId,
                slug,
                plan,
                otherStatus,
                period,
                periodStart,
                periodEnd,
                timeZone,
                currency,
                madeAt,
                openHours,
                billableCalls,
                otherLines,
                exactModelCost,
                total);
    }
}
