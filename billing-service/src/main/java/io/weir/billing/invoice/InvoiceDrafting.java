package io.weir.billing.invoice;

import io.weir.billing.invoice.Invoice.Status;
import io.weir.billing.rating.BillingPeriod;
import io.weir.billing.rating.PeriodRating;
import io.weir.billing.rating.RatedPeriod;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How one invoice comes about. Pure: what is stored is handed in.
///
/// @param month the tenant's whole month
/// @param asOf as in [InvoiceOrder]
/// @param closesAt when the month's last hours are certainly sealed
record InvoiceDrafting(
        TenantSnapshot tenant,
        PlanSnapshot plan,
        BillingPeriod month,
        @Nullable Instant asOf,
        Instant now,
        Instant closesAt) {

    TenantId tenantId() {
        return tenant.tenantId();
    }

    /// The span to bill: the month, but from where the month before was closed and to where the month after begins.
    /// So no hour is billed twice or never, even where an invoice was closed early or the tenant's zone changed.
    ///
    /// @param endOfFormer of the month before, where its invoice is final
    /// @param startOfLatter of the month after, where its invoice is final
    BillingPeriod span(@Nullable Instant endOfFormer, @Nullable Instant startOfLatter) {
        Instant start = endOfFormer == null ? month.start() : endOfFormer;
        Instant end = startOfLatter == null ? month.end() : startOfLatter;
        if (asOf != null && asOf.isBefore(end)) {
            end = asOf;
        }
        if (!start.isBefore(end)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "period",
                    "All of " + month.month() + " up to " + end + " is on the invoices of the months beside it.");
        }
        return month.startingAt(start).endingAt(end);
    }

    Invoice draft(UUID id, BillingPeriod span, List<SealedHour> hours) {
        RatedPeriod rated = new PeriodRating(
                        plan.key(), plan.termsAt(month.start()), Currency.getInstance(tenant.currency()))
                .rate(span, hours);
        return new Invoice(
                id,
                null,
                tenant.tenantId(),
                tenant.slug(),
                tenant.plan(),
                Status.DRAFT,
                month.month(),
                span.start(),
                span.end(),
                month.zone(),
                tenant.currency(),
                now,
                hours.stream().filter(SealedHour::open).count(),
                rated.billableCalls(),
                rated.lines(),
                rated.exactModelCost(),
                rated.total());
    }

    /// Whether nothing can be expected to change any more, or somebody decided that it shall not.
    boolean isFinal(Invoice draft) {
        return asOf != null || (draft.openHours() == 0 && !now.isBefore(closesAt));
    }
}
