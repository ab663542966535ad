package io.weir.billing.stripe;

import io.weir.billing.stripe.api.StripeFailure;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Works off the invoices that are due, several tenants at once, each tenant by one worker alone among all instances.
/// A worker that dies leaves its tenant to another one when its lease runs out.
final class StripeOutbox {

    private static final Logger LOG = LoggerFactory.getLogger(StripeOutbox.class);
    private static final int WORKERS = 4;
    private static final int MOST_DOUBLINGS = 20;

    private final R2dbcOutbox outbox;
    private final R2dbcStripeInvoices invoices;
    private final InvoiceDispatch dispatch;
    private final Duration backoff;
    private final Duration longestBackoff;

    StripeOutbox(
            R2dbcOutbox outbox,
            R2dbcStripeInvoices invoices,
            InvoiceDispatch dispatch,
            Duration backoff,
            Duration longestBackoff) {
        this.outbox = outbox;
        this.invoices = invoices;
        this.dispatch = dispatch;
        this.backoff = backoff;
        this.longestBackoff = longestBackoff;
    }

    /// Works until nothing is due. While nothing is, that is one look.
    Mono<Void> drain() {
        UUID first = UUID.randomUUID();
        return outbox.claim(first)
                .flatMap(claim -> Flux.range(0, WORKERS)
                        .flatMap(
                                worker -> worker == 0 ? tenant(claim).then(work(first)) : work(UUID.randomUUID()),
                                WORKERS)
                        .then());
    }

    private Mono<Void> work(UUID worker) {
        return Mono.defer(() -> outbox.claim(worker))
                .flatMap(claim -> tenant(claim).thenReturn(true))
                .defaultIfEmpty(false)
                .repeat()
                .takeWhile(found -> found)
                .then();
    }

    private Mono<Void> tenant(Claim claim) {
        return outbox.due(claim.tenantId())
                .flatMapMany(Flux::fromIterable)
                .concatMap(invoice -> dispatch.advance(claim, invoice).onErrorResume(failed -> after(invoice, failed)))
                .then(outbox.release(claim))
                .onErrorResume(failed -> {
                    // The tenant comes back when the lease runs out, unless another worker has it already.
                    LOG.warn("Stopped working on tenant {}", claim.tenantId(), failed);
                    return Mono.empty();
                });
    }

    private Mono<Void> after(UUID invoice, Throwable failed) {
        return switch (failed) {
            case ClaimLostException lost -> Mono.error(lost);
            case StripeFailure answer -> postpone(invoice, answer.reason());
            default -> {
                LOG.warn("Sending invoice {} failed, trying again later", invoice, failed);
                yield postpone(invoice, failed.getClass().getSimpleName());
            }
        };
    }

    private Mono<Void> postpone(UUID invoice, String reason) {
        return invoices.load(invoice).flatMap(work -> {
            Duration pause = pause(work.failures());
            LOG.info("Invoice {} goes on in {}: {}", invoice, pause, reason);
            return invoices.postpone(invoice, reason, pause);
        });
    }

    // Doubles with each failure; up to half of it is left to chance, so that many do not come back at once.
    private Duration pause(int failures) {
        Duration doubled = backoff.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
        long millis = Math.min(doubled.toMillis(), longestBackoff.toMillis());
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }
}
