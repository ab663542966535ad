package io.weir.billing.invoice;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.billing.invoice.InvoiceMaking.Made;
import io.weir.billing.rating.BillingPeriod;
import io.weir.billing.rating.r2dbc.R2dbcSealedHours;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Invoices in Postgres. Tenants read theirs under row-level security; making one is the platform's work.
final class R2dbcInvoices {

    private static final String WHY_MAKE = "an operator makes a tenant's invoice";
    private static final String WHY_READ = "an operator reads invoices of any tenant";

    // An invoice may wait for another one of its tenant and month, longer than statements wait for locks otherwise.
    private static final String BE_PATIENT =
            "SELECT set_config('lock_timeout', '10s', true), set_config('statement_timeout', '15s', true)";
    private static final String LOCK =
            "SELECT pg_advisory_xact_lock(hashtextextended('invoice/' || :tenant || '/' || :period, 0))";

    private static final String OF_MONTH =
            "SELECT document FROM invoice WHERE tenant_id = :tenant AND period = :period";

    private static final String NEIGHBOURS = """
            SELECT max(period_end) FILTER (WHERE period = :former) AS end_of_former,
                   min(period_start) FILTER (WHERE period = :latter) AS start_of_latter
            FROM invoice
            WHERE tenant_id = :tenant AND status = 'final'
            """;

    private static final String NEXT_NUMBER = """
            INSERT INTO invoice_number AS known (seller, last) VALUES (:seller, 1)
            ON CONFLICT (seller) DO UPDATE SET last = known.last + 1
            RETURNING last
            """;

    private static final String SAVE = """
            INSERT INTO invoice (tenant_id, period, invoice_id, status, number, period_start, period_end, currency,
                                 exact_model_cost, total, document)
            VALUES (:tenant, :period, :id, :status, :number, :start, :end, :currency, :cost, :total,
                    CAST(:document AS jsonb))
            ON CONFLICT (tenant_id, period) DO UPDATE
            SET status = excluded.status, number = excluded.number, period_start = excluded.period_start,
                period_end = excluded.period_end, currency = excluded.currency,
                exact_model_cost = excluded.exact_model_cost, total = excluded.total, document = excluded.document
            """;

    private static final String FIND = StoredInvoices.VIEW + "WHERE i.invoice_id = :id";
    private static final String LIST = StoredInvoices.VIEW + """
            WHERE (i.period, i.tenant_id) < (:period, :after)
            ORDER BY i.period DESC, i.tenant_id DESC
            LIMIT :limit
            """;
    private static final String OWN = "AND i.tenant_id = :tenant";

    private final PlatformTransaction platform;
    private final TenantTransaction tenant;
    private final StoredInvoices stored;
    private final String seller;
    private final InvoiceHandover handover;
    private final Audit audit;

    /// @param seller whose numbers have no gaps, and begin with this
    /// @param handover what takes over those that become final
    R2dbcInvoices(
            PlatformTransaction platform,
            TenantTransaction tenant,
            StoredInvoices stored,
            String seller,
            InvoiceHandover handover,
            Audit audit) {
        this.platform = platform;
        this.tenant = tenant;
        this.stored = stored;
        this.seller = seller;
        this.handover = handover;
        this.audit = audit;
    }

    /// Makes the invoice in one transaction, alone among those of its tenant and month.
    Mono<Made> make(InvoiceDrafting drafting) {
        Mono<Made> made = platform.in(
                WHY_MAKE,
                client -> lock(client, drafting)
                        .then(Mono.defer(() -> stored(client, drafting)))
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(known -> known.filter(Invoice::isFinal).isPresent()
                                ? Mono.just(new Made.Unchanged(known.get()))
                                : fresh(client, drafting, known.map(Invoice::id).orElseGet(UUID::randomUUID))));
        return made.doOnNext(committed -> {
            if (committed instanceof Made.Fresh(Invoice invoice) && invoice.isFinal()) {
                handover.taken();
            }
        });
    }

    private Mono<Made> fresh(DatabaseClient client, InvoiceDrafting drafting, UUID id) {
        return span(client, drafting)
                .flatMap(span -> R2dbcSealedHours.latest(client, drafting.tenantId(), span.start(), span.end())
                        .collectList()
                        .map(hours -> drafting.draft(id, span, hours)))
                .flatMap(draft -> drafting.isFinal(draft) ? number(client).map(draft::numbered) : Mono.just(draft))
                .delayUntil(invoice -> save(client, invoice))
                .delayUntil(invoice -> invoice.isFinal() ? handover.take(client, invoice) : Mono.empty())
                .delayUntil(invoice -> invoice.isFinal() ? recorded(client, drafting, invoice) : Mono.empty())
                .map(Made.Fresh::new);
    }

    private Mono<Void> recorded(DatabaseClient client, InvoiceDrafting drafting, Invoice invoice) {
        return audit.record(
                client,
                drafting.tenantId(),
                AuditEntry.done("invoice.finalised", "invoice:" + invoice.id())
                        .with(String.valueOf(drafting.month().month())));
    }

    private static Mono<Void> lock(DatabaseClient client, InvoiceDrafting drafting) {
        return client.sql(BE_PATIENT)
                .then()
                .then(client.sql(LOCK)
                        .bind("tenant", drafting.tenantId().toString())
                        .bind("period", drafting.month().month().toString())
                        .then());
    }

    private Mono<Invoice> stored(DatabaseClient client, InvoiceDrafting drafting) {
        return client.sql(OF_MONTH)
                .bind("tenant", drafting.tenantId().value())
                .bind("period", drafting.month().month().toString())
                .map(stored::invoice)
                .one();
    }

    private static Mono<BillingPeriod> span(DatabaseClient client, InvoiceDrafting drafting) {
        YearMonth month = drafting.month().month();
        return client.sql(NEIGHBOURS)
                .bind("tenant", drafting.tenantId().value())
                .bind("former", month.minusMonths(1).toString())
                .bind("latter", month.plusMonths(1).toString())
                .map(row -> drafting.span(
                        row.get("end_of_former", Instant.class), row.get("start_of_latter", Instant.class)))
                .one();
    }

    private Mono<String> number(DatabaseClient client) {
        return client.sql(NEXT_NUMBER)
                .bind("seller", seller)
                .map(row -> Column.of(row, "last", Long.class))
                .one()
                .map(next -> String.format(Locale.ROOT, "%s-%08d", seller, next));
    }

    private Mono<Void> save(DatabaseClient client, Invoice invoice) {
        return client.sql(SAVE)
                .bind("tenant", invoice.tenantId().value())
                .bind("period", invoice.period().toString())
                .bind("id", invoice.id())
                .bind("status", invoice.isFinal() ? "final" : "draft")
                .bind("number", Column.parameter(invoice.number(), String.class))
                .bind("start", invoice.periodStart())
                .bind("end", invoice.periodEnd())
                .bind("currency", invoice.currency())
                .bind("cost", invoice.exactModelCost().value())
                .bind("total", invoice.total().value())
                .bind("document", stored.document(invoice))
                .then();
    }

    /// Any tenant's invoice, for operators.
    Mono<InvoiceView> find(UUID id) {
        return platform.in(
                WHY_READ,
                client -> client.sql(FIND).bind("id", id).map(stored::view).one());
    }

    /// An invoice of the tenant in the context; another tenant's is not there.
    Mono<InvoiceView> findOwn(TenantId own, UUID id) {
        return tenant.in(client -> client.sql(FIND + " " + OWN)
                .bind("id", id)
                .bind("tenant", own.value())
                .map(stored::view)
                .one());
    }

    /// Invoices of all tenants, for operators: newest month first.
    Mono<List<InvoiceView>> list(InvoiceCursor after, int limit) {
        return platform.in(WHY_READ, client -> page(client.sql(LIST), after, limit));
    }

    /// Those of one tenant, for operators.
    Mono<List<InvoiceView>> listOf(TenantId one, InvoiceCursor after, int limit) {
        return platform.in(WHY_READ, client -> page(client.sql(listOfOne()).bind("tenant", one.value()), after, limit));
    }

    /// Those of the tenant in the context.
    Mono<List<InvoiceView>> listOwn(TenantId own, InvoiceCursor after, int limit) {
        return tenant.in(client -> page(client.sql(listOfOne()).bind("tenant", own.value()), after, limit));
    }

    private static String listOfOne() {
        return LIST.replace("ORDER BY", OWN + "\nORDER BY");
    }

    private Mono<List<InvoiceView>> page(DatabaseClient.GenericExecuteSpec statement, InvoiceCursor after, int limit) {
        return statement
                .bind("period", after.period())
                .bind("after", after.tenantId().value())
                .bind("limit", limit)
                .map(stored::view)
                .all()
                .collectList();
    }
}
