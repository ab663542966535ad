package io.weir.billing.stripe.api;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StripeProperties.class)
final class StripeApiConfiguration {

    @Bean
    @Conditional(OnStripe.class)
    StripeApi stripeApi(StripeProperties properties, MeterRegistry meters) {
        return new StripeApi(properties, meters);
    }
}
