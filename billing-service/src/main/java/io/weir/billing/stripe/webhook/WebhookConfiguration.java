package io.weir.billing.stripe.webhook;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.billing.stripe.Rounds;
import io.weir.billing.stripe.StripeFollowing;
import io.weir.billing.stripe.api.OnStripe;
import io.weir.billing.stripe.api.StripeProperties;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.webflux.OpenRoute;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
final class WebhookConfiguration {

    private static final Duration PRUNE_EVERY = Duration.ofHours(1);
    // Far longer than Stripe repeats an event (three days), and than a signature counts (five minutes).
    private static final int DAYS_KEPT = 60;

    @Bean
    OpenRoute stripeCallsWithoutPassport() {
        return new OpenRoute(HttpMethod.POST, WebhookRoute.PATH);
    }

    @Bean
    RouterFunction<ServerResponse> webhookRoute(
            StripeProperties properties,
            PlatformTransaction transaction,
            JsonMapper json,
            Clock clock,
            MeterRegistry meters) {
        boolean believable = properties.isSetUp() && !properties.webhookSecret().isBlank();
        Optional<SignatureCheck> signatures =
                believable ? Optional.of(new SignatureCheck(properties.webhookSecret(), clock)) : Optional.empty();
        return new WebhookRoute(signatures, new R2dbcStripeEvents(transaction), json, meters).routes();
    }

    @Bean
    @Conditional(OnStripe.class)
    Rounds applyingEvents(PlatformTransaction transaction, StripeFollowing following, StripeProperties properties) {
        EventWork work = new EventWork(
                new R2dbcStripeEvents(transaction),
                following,
                properties.lease(),
                properties.retryBackoff(),
                properties.longestBackoff());
        return new Rounds("applying Stripe's events", properties.pollInterval(), work::drain);
    }

    @Bean
    @Conditional(OnStripe.class)
    Rounds forgettingEvents(PlatformTransaction transaction) {
        R2dbcStripeEvents events = new R2dbcStripeEvents(transaction);
        return new Rounds(
                "forgetting Stripe's events",
                PRUNE_EVERY,
                () -> events.prune(DAYS_KEPT).then());
    }
}
