package io.weir.billing.invoice;

import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Takes over an invoice that becomes final, within the transaction that makes it so: either both happen or neither.
public interface InvoiceHandover {

    Mono<Void> take(DatabaseClient client, Invoice invoice);

    /// Some were taken over, and the transaction is committed.
    default void taken() {}

    /// Where nobody collects: final invoices stay here.
    static InvoiceHandover none() {
        return (client, invoice) -> Mono.empty();
    }
}
