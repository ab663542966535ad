package io.weir.billing.stripe;

import io.weir.billing.stripe.api.StripeApi;
import io.weir.billing.stripe.api.StripeFailure;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Looks at an invoice at Stripe and follows its state. What an event says is never believed: it may be late, or out
/// of order, and Stripe knows better.
public final class StripeFollowing {

    private static final Logger LOG = LoggerFactory.getLogger(StripeFollowing.class);

    private final StripeApi stripe;
    private final R2dbcFollowing invoices;
    private final Parked parked;

    StripeFollowing(StripeApi stripe, R2dbcFollowing invoices, Parked parked) {
        this.stripe = stripe;
        this.invoices = invoices;
        this.parked = parked;
    }

    /// Answers what came of it, in a word. Fails with a [StripeFailure] where Stripe could not be asked.
    ///
    /// @param stripeId of an invoice at Stripe, ours or not
    public Mono<String> follow(String stripeId) {
        return invoices.isOurs(stripeId).flatMap(ours -> ours ? look(stripeId) : Mono.just("not_ours"));
    }

    /// As [#follow], for an invoice of ours that is parked; empty where it is not, or nothing of it is at
    /// Stripe.
    Mono<String> followParked(UUID invoice) {
        return invoices.stripeIdOf(invoice).flatMap(this::look);
    }

    private Mono<String> look(String stripeId) {
        return stripe.invoice(stripeId)
                .flatMap(invoices::seen)
                .onErrorResume(
                        StripeFailure.class,
                        failed ->
                                failed.kind() == StripeFailure.Kind.GONE ? invoices.gone(stripeId) : Mono.error(failed))
                .map(this::told);
    }

    private String told(R2dbcFollowing.Followed followed) {
        Parking as = followed.newlyParked();
        if (as != null) {
            parked.alarm(followed.invoice(), as, followed.why());
        } else if (followed.before() != followed.after()) {
            LOG.info(
                    "Invoice {} is {} at Stripe",
                    followed.invoice(),
                    followed.after().wireName());
        }
        return followed.after().wireName();
    }
}
