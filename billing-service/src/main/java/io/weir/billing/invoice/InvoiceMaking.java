package io.weir.billing.invoice;

import io.weir.billing.rating.BillingPeriod;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import reactor.core.publisher.Mono;

/// Makes invoices. For one tenant and month there is one: while a draft it is replaced, once final it stays.
/// Calls for the same tenant and month run one after the other, on any number of instances.
final class InvoiceMaking {

    private static final String CURRENCY = "USD";

    private final SnapshotTable<TenantSnapshot> tenants;
    private final SnapshotTable<PlanSnapshot> plans;
    private final R2dbcInvoices invoices;
    private final InstantSource clock;
    private final Duration closingDelay;

    /// @param closingDelay after a month's end, before its invoice can be final: the last hours are sealed in it
    InvoiceMaking(
            SnapshotTable<TenantSnapshot> tenants,
            SnapshotTable<PlanSnapshot> plans,
            R2dbcInvoices invoices,
            InstantSource clock,
            Duration closingDelay) {
        this.tenants = tenants;
        this.plans = plans;
        this.invoices = invoices;
        this.clock = clock;
        this.closingDelay = closingDelay;
    }

    /// What became of an order.
    sealed interface Made {
        Invoice invoice();

        /// A draft, made or made anew, or an invoice that has just become final.
        record Fresh(Invoice invoice) implements Made {}

        /// It was final already and is unchanged.
        record Unchanged(Invoice invoice) implements Made {}
    }

    /// Fails with 404 for an unknown tenant and 422 for what cannot be invoiced.
    Mono<Made> make(InvoiceOrder order) {
        return Mono.defer(() -> {
            Instant now = clock.instant();
            TenantSnapshot tenant = billable(order.tenantId());
            BillingPeriod month = BillingPeriod.of(order.period(), ZoneId.of(tenant.timeZone()));
            refuseImpossible(order, tenant, month, now);
            PlanSnapshot plan = plans.find(tenant.plan())
                    .orElseThrow(() -> new PlatformException(
                            ProblemType.SERVICE_UNAVAILABLE,
                            "The terms of plan '" + tenant.plan()
                                    + "' are not known here yet. Try again in a moment."));
            return invoices.make(new InvoiceDrafting(
                    tenant, plan, month, order.asOf(), now, month.end().plus(closingDelay)));
        });
    }

    private TenantSnapshot billable(TenantId id) {
        if (id.equals(TenantId.PLATFORM)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "tenantId",
                    "The reserved tenant 'platform' is never invoiced. Name a customer's tenant.");
        }
        TenantSnapshot tenant = tenants.find(id.toString())
                .orElseThrow(() -> PlatformException.of(
                        ProblemType.NOT_FOUND, "tenantId", "There is no tenant " + id + ". Check the id."));
        if (!tenant.currency().equals(CURRENCY)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "tenantId",
                    "The tenant's currency is " + tenant.currency() + ", and invoices are made in " + CURRENCY
                            + " only so far. Set the tenant's currency to " + CURRENCY + ".");
        }
        return tenant;
    }

    private static void refuseImpossible(InvoiceOrder order, TenantSnapshot tenant, BillingPeriod month, Instant now) {
        if (month.start().isAfter(now)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "period",
                    "The period " + order.period() + " has not begun. Ask for the present month or an earlier one.");
        }
        if (!tenant.createdAt().isBefore(month.end())) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "period",
                    "The tenant was created after " + order.period() + ". Ask for a later month.");
        }
        Instant asOf = order.asOf();
        if (asOf != null && (asOf.isAfter(now) || !asOf.isAfter(month.start()))) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "asOf",
                    "asOf lies in the future or before " + order.period()
                            + " began. Send an instant of the period up to now.");
        }
    }
}
