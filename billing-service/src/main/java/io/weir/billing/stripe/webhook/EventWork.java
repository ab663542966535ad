package io.weir.billing.stripe.webhook;

import io.weir.billing.stripe.StripeFollowing;
import io.weir.billing.stripe.api.StripeFailure;
import io.weir.billing.stripe.webhook.R2dbcStripeEvents.Due;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Applies the events that are due. Applying one twice, or long after it came, does no harm: what counts is how the
/// invoice is at Stripe then.
final class EventWork {

    private static final Logger LOG = LoggerFactory.getLogger(EventWork.class);
    private static final int MOST_DOUBLINGS = 20;

    private final R2dbcStripeEvents events;
    private final StripeFollowing following;
    private final Duration lease;
    private final Duration backoff;
    private final Duration longestBackoff;

    EventWork(
            R2dbcStripeEvents events,
            StripeFollowing following,
            Duration lease,
            Duration backoff,
            Duration longestBackoff) {
        this.events = events;
        this.following = following;
        this.lease = lease;
        this.backoff = backoff;
        this.longestBackoff = longestBackoff;
    }

    /// Works until nothing is due.
    Mono<Void> drain() {
        return Mono.defer(() -> events.claim(lease))
                .flatMap(due -> apply(due).thenReturn(true))
                .defaultIfEmpty(false)
                .repeat()
                .takeWhile(found -> found)
                .then();
    }

    private Mono<Void> apply(Due due) {
        Mono<String> outcome = due.object().equals("invoice") ? following.follow(due.objectId()) : Mono.just("ignored");
        return outcome.flatMap(what -> events.applied(due.id(), what)).onErrorResume(failed -> after(due, failed));
    }

    private Mono<Void> after(Due due, Throwable failed) {
        if (failed instanceof StripeFailure answer && answer.kind() == StripeFailure.Kind.REFUSED) {
            LOG.error("Event {} cannot be applied: {}", due.id(), answer.reason());
            return events.applied(due.id(), "refused");
        }
        LOG.warn("Event {} is not applied yet, trying again later: {}", due.id(), failed.toString());
        Duration doubled = backoff.multipliedBy(1L << Math.min(due.tries() - 1, MOST_DOUBLINGS));
        return events.postpone(due.id(), doubled.compareTo(longestBackoff) < 0 ? doubled : longestBackoff);
    }
}
