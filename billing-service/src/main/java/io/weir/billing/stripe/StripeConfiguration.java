package io.weir.billing.stripe;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.audit.Audit;
import io.weir.billing.stripe.api.OnStripe;
import io.weir.billing.stripe.api.StripeApi;
import io.weir.billing.stripe.api.StripeProperties;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class StripeConfiguration {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    @Bean
    RouterFunction<ServerResponse> resumeRoute(
            PlatformTransaction transaction, ObjectProvider<StripeFollowing> following, Audit audit) {
        return new ResumeRoute(new R2dbcResuming(transaction, audit), following.getIfAvailable()).routes();
    }

    /// Without an API key there is none of this: final invoices are handed to nobody, and nothing calls Stripe.
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnStripe.class)
    static class SetUp {

        @Bean
        Bell stripeBell() {
            return new Bell();
        }

        @Bean
        R2dbcStripeInvoices stripeInvoices(PlatformTransaction transaction, JsonMapper json, Bell bell) {
            return new R2dbcStripeInvoices(transaction, json, bell);
        }

        @Bean
        Parked parkedInvoices(R2dbcStripeInvoices invoices, MeterRegistry meters) {
            return new Parked(invoices, meters);
        }

        @Bean
        R2dbcOutbox stripeOutboxRows(PlatformTransaction transaction, StripeProperties properties) {
            return new R2dbcOutbox(transaction, properties.lease());
        }

        @Bean
        Rounds sendingInvoices(
                StripeApi stripe,
                PlatformTransaction transaction,
                R2dbcOutbox outbox,
                R2dbcStripeInvoices invoices,
                Parked parked,
                Bell bell,
                StripeProperties properties) {
            R2dbcSentLedger ledger = new R2dbcSentLedger(transaction, properties.lease());
            StripeOutbox worker = new StripeOutbox(
                    outbox,
                    invoices,
                    new InvoiceDispatch(stripe, invoices, ledger, parked),
                    properties.retryBackoff(),
                    properties.longestBackoff());
            return new Rounds("sending invoices to Stripe", properties.pollInterval(), bell.rings(), worker::drain);
        }

        @Bean
        OutboxMeters outboxMeters(R2dbcOutbox outbox) {
            return new OutboxMeters(outbox);
        }

        @Bean
        Rounds lookingAtTheOutbox(OutboxMeters meters) {
            return new Rounds("looking at the outbox for Stripe", LOOK_EVERY, meters::look);
        }

        @Bean
        StripeFollowing stripeFollowing(StripeApi stripe, PlatformTransaction transaction, Parked parked) {
            return new StripeFollowing(stripe, new R2dbcFollowing(transaction), parked);
        }
    }
}
