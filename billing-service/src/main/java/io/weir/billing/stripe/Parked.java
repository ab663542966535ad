package io.weir.billing.stripe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.billing.stripe.api.StripeInvoice;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Parks invoices and says so: one line in the log, and the counter `weir.stripe.invoices.parked` by reason. What is
/// parked is not finalised: this fails closed. Alert `StripeInvoiceParked`.
final class Parked {

    private static final Logger LOG = LoggerFactory.getLogger(Parked.class);

    private final R2dbcStripeInvoices invoices;
    private final MeterRegistry meters;

    Parked(R2dbcStripeInvoices invoices, MeterRegistry meters) {
        this.invoices = invoices;
        this.meters = meters;
        for (Parking reason : Parking.values()) {
            counter(reason);
        }
    }

    /// Without effect where the invoice has moved on from what the work says, or the claim is lost.
    Mono<Void> park(Claim claim, Work work, Parking as, String reason, @Nullable StripeInvoice seen) {
        return invoices.park(claim, work, as, reason, seen)
                .doOnNext(parked -> {
                    if (parked) {
                        alarm(work.invoice().id(), as, reason);
                    }
                })
                .then();
    }

    void alarm(UUID invoice, Parking as, String reason) {
        counter(as).increment();
        LOG.error("Parked invoice {} ({}): {}", invoice, as.word(), reason);
    }

    private Counter counter(Parking reason) {
        return Counter.builder("weir.stripe.invoices.parked")
                .description("invoices that were parked on their way through Stripe")
                .tag("reason", reason.word())
                .register(meters);
    }
}
