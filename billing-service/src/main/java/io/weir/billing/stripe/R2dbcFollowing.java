package io.weir.billing.stripe;

import io.r2dbc.spi.Readable;
import io.weir.billing.invoice.InvoiceState;
import io.weir.billing.stripe.api.StripeInvoice;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Writes down what a look at Stripe showed, one look at a time per invoice.
final class R2dbcFollowing {

    private static final String WHY = "Stripe's state of any tenant's invoice is followed";

    private static final String KNOWN = "SELECT 1 FROM stripe_invoice WHERE stripe_id = :id";

    private static final String STRIPE_ID =
            "SELECT stripe_id FROM stripe_invoice WHERE invoice_id = :invoice AND state = 'parked' AND stripe_id IS NOT NULL";

    private static final String LOCKED = """
            SELECT s.invoice_id, s.state, s.parked_as, s.reason, i.total, i.currency
            FROM stripe_invoice s JOIN invoice i ON i.invoice_id = s.invoice_id
            WHERE s.stripe_id = :id
            FOR UPDATE OF s
            """;

    private static final String FOLLOW = """
            UPDATE stripe_invoice
            SET state = :state, parked_as = :parking, reason = :reason, changed_at = clock_timestamp(),
                stripe_status = coalesce(:status, stripe_status), stripe_total = coalesce(:total, stripe_total),
                hosted_url = coalesce(:url, hosted_url)
            WHERE invoice_id = :invoice
            """;

    private static final String DELETED = "It was deleted at Stripe. Resuming sends it anew.";

    private final PlatformTransaction transaction;

    R2dbcFollowing(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// @param newlyParked null unless this look parked it
    record Followed(
            UUID invoice,
            InvoiceState before,
            InvoiceState after,
            @Nullable Parking newlyParked,
            String why) {}

    private record Row(
            UUID invoice,
            InvoiceState state,
            @Nullable String parkedAs,
            @Nullable String reason,
            BigDecimal total,
            String currency) {

        boolean isSameTotal(StripeInvoice seen) {
            int decimals = Currency.getInstance(currency).getDefaultFractionDigits();
            return currency.equals(seen.currency()) && total.compareTo(BigDecimal.valueOf(seen.total(), decimals)) == 0;
        }

        String otherTotal(StripeInvoice seen) {
            return "Stripe's invoice is over " + seen.total() + " minor units of " + seen.currency() + ", ours over "
                    + total.toPlainString() + " " + currency + ". The invoice is " + seen.status()
                    + " at Stripe: void it there, then resume.";
        }

        boolean isSettled() {
            return state == InvoiceState.PAID || state == InvoiceState.VOID;
        }
    }

    Mono<Boolean> isOurs(String stripeId) {
        return transaction.in(
                WHY,
                client -> client.sql(KNOWN)
                        .bind("id", stripeId)
                        .map(row -> true)
                        .one()
                        .defaultIfEmpty(false));
    }

    /// Stripe's id of an invoice that is parked; empty where it has none, or is not parked.
    Mono<String> stripeIdOf(UUID invoice) {
        return transaction.in(
                WHY,
                client -> client.sql(STRIPE_ID)
                        .bind("invoice", invoice)
                        .map(row -> Column.first(row, String.class))
                        .one());
    }

    /// Empty where the invoice is not ours.
    Mono<Followed> seen(StripeInvoice seen) {
        return transaction.in(
                WHY,
                client -> locked(client, seen.id())
                        .flatMap(row -> row.isSettled()
                                ? Mono.just(unchanged(row))
                                : write(client, row, next(row, seen), seen)));
    }

    /// The invoice was deleted at Stripe. Empty where it is not ours.
    Mono<Followed> gone(String stripeId) {
        return transaction.in(
                WHY,
                client -> locked(client, stripeId)
                        .flatMap(row -> row.isSettled()
                                ? Mono.just(unchanged(row))
                                : write(client, row, gone(row, DELETED), null)));
    }

    private static Followed next(Row row, StripeInvoice seen) {
        InvoiceState after = Following.after(row.state(), seen.status(), row.isSameTotal(seen))
                .orElse(row.state());
        if (after == InvoiceState.PARKED && seen.isVoid()) {
            return gone(row, Parking.VOIDED);
        }
        return after == InvoiceState.PARKED && row.state() != InvoiceState.PARKED
                ? parked(row, Parking.TOTALS_DIFFER, row.otherTotal(seen))
                : new Followed(row.invoice(), row.state(), after, null, "");
    }

    private static Followed unchanged(Row row) {
        return new Followed(row.invoice(), row.state(), row.state(), null, "");
    }

    // Said once, however often it is seen.
    private static Followed gone(Row row, String why) {
        return Parking.GONE.word().equals(row.parkedAs()) ? unchanged(row) : parked(row, Parking.GONE, why);
    }

    private static Followed parked(Row row, Parking as, String why) {
        return new Followed(row.invoice(), row.state(), InvoiceState.PARKED, as, why);
    }

    private static Mono<Followed> write(DatabaseClient client, Row row, Followed next, @Nullable StripeInvoice seen) {
        boolean parked = next.after() == InvoiceState.PARKED;
        Parking now = next.newlyParked();
        String parking = now == null ? row.parkedAs() : now.word();
        String reason = now == null ? row.reason() : next.why();
        return R2dbcStripeInvoices.seen(client.sql(FOLLOW), seen)
                .bind("state", next.after().wireName())
                .bind("parking", Column.parameter(parked ? parking : null, String.class))
                .bind("reason", Column.parameter(parked ? reason : null, String.class))
                .bind("invoice", row.invoice())
                .fetch()
                .rowsUpdated()
                .thenReturn(next);
    }

    private static Mono<Row> locked(DatabaseClient client, String stripeId) {
        return client.sql(LOCKED).bind("id", stripeId).map(R2dbcFollowing::row).one();
    }

    private static Row row(Readable row) {
        return new Row(
                Column.of(row, "invoice_id", UUID.class),
                InvoiceState.of(Column.of(row, "state", String.class)),
                row.get("parked_as", String.class),
                row.get("reason", String.class),
                Column.of(row, "total", BigDecimal.class),
                Column.of(row, "currency", String.class));
    }
}
