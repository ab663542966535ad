package io.weir.billing.stripe;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.billing.stripe.R2dbcOutbox.Backlog;
import reactor.core.publisher.Mono;

/// What waits on its way through Stripe, as of the last look: `weir.stripe.invoices.waiting` (parked ones) and
/// `weir.stripe.outbox.age` (seconds since the longest waiting of the others moved on). Alerts `StripeInvoiceParked`
/// and `StripeOutboxStuck`.
final class OutboxMeters implements MeterBinder {

    private final R2dbcOutbox outbox;
    private volatile Backlog backlog = new Backlog(0, 0);

    OutboxMeters(R2dbcOutbox outbox) {
        this.outbox = outbox;
    }

    Mono<Void> look() {
        return outbox.backlog().doOnNext(seen -> backlog = seen).then();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("weir.stripe.invoices.waiting", this, meters -> (double) meters.backlog.parked())
                .description("parked invoices that wait for an operator")
                .register(registry);
        Gauge.builder("weir.stripe.outbox.age", this, meters -> (double) meters.backlog.oldestSeconds())
                .baseUnit("seconds")
                .description("since the longest waiting invoice on its way through Stripe last moved on")
                .register(registry);
    }
}
