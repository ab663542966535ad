package io.weir.billing.stripe;

import io.r2dbc.spi.Readable;
import io.weir.billing.invoice.Invoice;
import io.weir.billing.invoice.InvoiceHandover;
import io.weir.billing.invoice.InvoiceState;
import io.weir.billing.stripe.api.StripeInvoice;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// How far each final invoice is at Stripe. A change applies only to the state that it was decided on; what changed
/// meanwhile stays, and who decided looks again.
final class R2dbcStripeInvoices implements InvoiceHandover {

    private static final String WHY = "invoices of any tenant go to Stripe";

    /// The invoice `:invoice` of `:tenant` is handed over; once it is, it stays.
    static final String ADD = """
            WITH customer AS (
                INSERT INTO stripe_customer (tenant_id) VALUES (:tenant) ON CONFLICT DO NOTHING
            )
            INSERT INTO stripe_invoice (invoice_id, tenant_id) VALUES (:invoice, :tenant) ON CONFLICT DO NOTHING
            """;

    private static final String LOAD = """
            SELECT i.document, s.version, s.state, s.stripe_id, s.failures, c.version AS customer_version, c.customer_id
            FROM stripe_invoice s
            JOIN invoice i ON i.invoice_id = s.invoice_id
            JOIN stripe_customer c ON c.tenant_id = s.tenant_id
            WHERE s.invoice_id = :invoice
            """;

    private static final String MOVE = """
            UPDATE stripe_invoice
            SET state = :to, parked_as = :parking, reason = :reason, failures = 0, last_failure = NULL,
                changed_at = clock_timestamp(), stripe_status = coalesce(:status, stripe_status),
                stripe_total = coalesce(:total, stripe_total), hosted_url = coalesce(:url, hosted_url)
            WHERE invoice_id = :invoice AND version = :version AND state = :from
            """;

    private static final String PARK = MOVE + """
            AND state IN ('rated', 'items_sent', 'totals_matched') AND EXISTS (
                SELECT 1 FROM stripe_customer c
                WHERE c.tenant_id = stripe_invoice.tenant_id AND c.claimed_by = :worker)
            """;

    private static final String DRAFTED = """
            UPDATE stripe_invoice
            SET stripe_id = :id, stripe_status = :status, stripe_total = :total, hosted_url = :url
            WHERE invoice_id = :invoice AND version = :version
            """;

    private static final String CUSTOMER =
            "UPDATE stripe_customer SET customer_id = :id WHERE tenant_id = :tenant AND version = :version";

    private static final String NEXT_CUSTOMER = """
            UPDATE stripe_customer SET customer_id = NULL, version = version + 1
            WHERE tenant_id = :tenant AND version = :version
            """;

    private static final String POSTPONE = """
            UPDATE stripe_invoice
            SET failures = failures + 1, last_failure = :failure,
                next_attempt_at = clock_timestamp() + CAST(:pause AS bigint) * interval '1 millisecond'
            WHERE invoice_id = :invoice
            """;

    private final PlatformTransaction transaction;
    private final JsonMapper json;
    private final Bell bell;

    /// @param bell rung when an invoice has been taken over
    R2dbcStripeInvoices(PlatformTransaction transaction, JsonMapper json, Bell bell) {
        this.transaction = transaction;
        this.json = json;
        this.bell = bell;
    }

    @Override
    public Mono<Void> take(DatabaseClient client, Invoice invoice) {
        return client.sql(ADD)
                .bind("tenant", invoice.tenantId().value())
                .bind("invoice", invoice.id())
                .then();
    }

    @Override
    public void taken() {
        bell.ring();
    }

    Mono<Work> load(UUID invoice) {
        return transaction.in(
                WHY,
                client -> client.sql(LOAD)
                        .bind("invoice", invoice)
                        .map(this::work)
                        .one());
    }

    private Work work(Readable row) {
        return new Work(
                json.readValue(Column.of(row, "document", String.class), Invoice.class),
                Column.of(row, "version", Integer.class),
                InvoiceState.of(Column.of(row, "state", String.class)),
                row.get("stripe_id", String.class),
                new Work.Customer(
                        Column.of(row, "customer_version", Integer.class), row.get("customer_id", String.class)),
                Column.of(row, "failures", Integer.class));
    }

    /// Answers whether it was still in the state that the work says.
    Mono<Boolean> move(Work work, InvoiceState to, @Nullable StripeInvoice seen) {
        return changed(client -> change(client, MOVE, work, to, seen)
                .bind("parking", Column.parameter(null, String.class))
                .bind("reason", Column.parameter(null, String.class)));
    }

    /// As [#move], to `parked`: only what is still on its way, and only by who holds the claim on its tenant.
    Mono<Boolean> park(Claim claim, Work work, Parking as, String reason, @Nullable StripeInvoice seen) {
        return changed(client -> change(client, PARK, work, InvoiceState.PARKED, seen)
                .bind("parking", as.word())
                .bind("reason", reason)
                .bind("worker", claim.worker()));
    }

    private Mono<Boolean> changed(Function<DatabaseClient, DatabaseClient.GenericExecuteSpec> statement) {
        return transaction
                .in(WHY, client -> statement.apply(client).fetch().rowsUpdated())
                .map(changed -> changed == 1);
    }

    private static DatabaseClient.GenericExecuteSpec change(
            DatabaseClient client, String sql, Work work, InvoiceState to, @Nullable StripeInvoice seen) {
        return seen(client.sql(sql), seen)
                .bind("to", to.wireName())
                .bind("from", work.state().wireName())
                .bind("invoice", work.invoice().id())
                .bind("version", work.version());
    }

    static DatabaseClient.GenericExecuteSpec seen(
            DatabaseClient.GenericExecuteSpec statement, @Nullable StripeInvoice seen) {
        return statement
                .bind("status", Column.parameter(seen == null ? null : seen.status(), String.class))
                .bind("total", Column.parameter(seen == null ? null : (Long) seen.total(), Long.class))
                .bind("url", Column.parameter(seen == null ? null : seen.hostedInvoiceUrl(), String.class));
    }

    /// Notes which invoice at Stripe it is.
    Mono<Void> drafted(Work work, StripeInvoice draft) {
        return transaction
                .in(
                        WHY,
                        client -> seen(client.sql(DRAFTED), draft)
                                .bind("id", draft.id())
                                .bind("invoice", work.invoice().id())
                                .bind("version", work.version())
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    /// Notes which customer at Stripe the tenant is.
    Mono<Void> customer(Work work, int version, String id) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(CUSTOMER)
                                .bind("id", id)
                                .bind("tenant", work.invoice().tenantId().value())
                                .bind("version", version)
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    /// Forgets a customer that is gone at Stripe, and answers the version of the next.
    Mono<Integer> nextCustomer(Work work) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(NEXT_CUSTOMER)
                                .bind("tenant", work.invoice().tenantId().value())
                                .bind("version", work.customer().version())
                                .fetch()
                                .rowsUpdated())
                .thenReturn(work.customer().version() + 1);
    }

    /// Leaves the invoice alone for a while.
    Mono<Void> postpone(UUID invoice, String failure, Duration pause) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(POSTPONE)
                                .bind("failure", failure)
                                .bind("pause", pause.toMillis())
                                .bind("invoice", invoice)
                                .fetch()
                                .rowsUpdated())
                .then();
    }
}
