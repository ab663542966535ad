package io.weir.billing.stripe;

import io.r2dbc.spi.Readable;
import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.billing.invoice.InvoiceState;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.util.Optional;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Sends parked invoices on, and hands over those that became final before Stripe was set up.
final class R2dbcResuming {

    private static final String WHY = "an operator sends an invoice of any tenant on to Stripe";

    private static final String FIND = """
            SELECT i.status, i.tenant_id, s.state
            FROM invoice i LEFT JOIN stripe_invoice s ON s.invoice_id = i.invoice_id
            WHERE i.invoice_id = :invoice
            """;

    // What is gone at Stripe is sent anew, as another version with keys of its own.
    private static final String RESUME = """
            UPDATE stripe_invoice
            SET state = 'rated', reason = NULL, failures = 0, last_failure = NULL,
                next_attempt_at = clock_timestamp(), changed_at = clock_timestamp(),
                version = CASE WHEN parked_as = 'gone' THEN version + 1 ELSE version END,
                stripe_id = CASE WHEN parked_as = 'gone' THEN NULL ELSE stripe_id END,
                stripe_status = CASE WHEN parked_as = 'gone' THEN NULL ELSE stripe_status END,
                stripe_total = CASE WHEN parked_as = 'gone' THEN NULL ELSE stripe_total END,
                hosted_url = CASE WHEN parked_as = 'gone' THEN NULL ELSE hosted_url END,
                parked_as = NULL
            WHERE invoice_id = :invoice AND state = 'parked'
            """;

    // Stripe keeps a refusal under its key.
    private static final String NEW_KEYS = """
            UPDATE stripe_sent
            SET tries = tries + 1, idempotency_key = slot || '/again/' || (tries + 1)
            WHERE stripe_id IS NULL AND (invoice_id = :invoice OR (object = 'customer' AND tenant_id = :tenant))
            """;

    private final PlatformTransaction transaction;
    private final Audit audit;

    R2dbcResuming(PlatformTransaction transaction, Audit audit) {
        this.transaction = transaction;
        this.audit = audit;
    }

    /// What became of the wish.
    sealed interface Resumed {
        record OnItsWay() implements Resumed {}

        /// @param state in which there is nothing to resume
        record NotParked(InvoiceState state) implements Resumed {}
    }

    private record Found(UUID tenant, boolean isFinal, Optional<InvoiceState> state) {}

    /// Empty where there is no such invoice.
    Mono<Resumed> resume(UUID invoice) {
        return transaction.in(
                WHY,
                client -> client.sql(FIND)
                        .bind("invoice", invoice)
                        .map(R2dbcResuming::found)
                        .one()
                        .flatMap(found -> resume(client, invoice, found)
                                .delayUntil(resumed -> recorded(client, invoice, found, resumed))));
    }

    private Mono<Void> recorded(DatabaseClient client, UUID invoice, Found found, Resumed resumed) {
        return switch (resumed) {
            case Resumed.OnItsWay onItsWay ->
                audit.record(
                        client, new TenantId(found.tenant()), AuditEntry.done("invoice.resumed", "invoice:" + invoice));
            case Resumed.NotParked notParked -> Mono.empty();
        };
    }

    private static Mono<Resumed> resume(DatabaseClient client, UUID invoice, Found found) {
        if (!found.isFinal()) {
            return Mono.just(new Resumed.NotParked(InvoiceState.DRAFT));
        }
        if (found.state().isEmpty()) {
            return client.sql(R2dbcStripeInvoices.ADD)
                    .bind("tenant", found.tenant())
                    .bind("invoice", invoice)
                    .then()
                    .thenReturn(new Resumed.OnItsWay());
        }
        InvoiceState state = found.state().get();
        if (state != InvoiceState.PARKED) {
            return Mono.just(new Resumed.NotParked(state));
        }
        return client.sql(NEW_KEYS)
                .bind("invoice", invoice)
                .bind("tenant", found.tenant())
                .then()
                .then(client.sql(RESUME).bind("invoice", invoice).then())
                .thenReturn(new Resumed.OnItsWay());
    }

    private static Found found(Readable row) {
        return new Found(
                Column.of(row, "tenant_id", UUID.class),
                Column.of(row, "status", String.class).equals("final"),
                Optional.ofNullable(row.get("state", String.class)).map(InvoiceState::of));
    }
}
