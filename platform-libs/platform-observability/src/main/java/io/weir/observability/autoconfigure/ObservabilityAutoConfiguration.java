package io.weir.observability.autoconfigure;

import io.weir.observability.Draining;
import io.weir.observability.HealthCheck;
import io.weir.observability.HealthChecks;
import io.weir.observability.HealthWebFilter;
import io.weir.observability.ReadinessCondition;
import io.weir.observability.RequestLogWebFilter;
import io.weir.observability.TraceSampling;
import io.weir.observability.TracingProperties;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// Health paths, log fields and the sampling decision for every service.
@AutoConfiguration
@EnableConfigurationProperties({TracingProperties.class, HealthProperties.class})
public final class ObservabilityAutoConfiguration {

    private static final String METERS_OF_OBSERVATIONS = "defaultMeterObservationHandler";

    @Bean
    Draining draining(HealthProperties properties) {
        return new Draining(properties.drainDelay());
    }

    @Bean
    HealthChecks healthChecks(ObjectProvider<HealthCheck> checks) {
        return new HealthChecks(checks.orderedStream().toList());
    }

    @Bean
    HealthWebFilter healthWebFilter(
            ObjectProvider<ReadinessCondition> conditions, Draining draining, HealthChecks checks) {
        return new HealthWebFilter(conditions.orderedStream().toList(), draining, checks);
    }

    // The gateway, which asks for no passport, knows the request id itself.
    @Bean
    @ConditionalOnProperty(name = "weir.security.passport-required", matchIfMissing = true)
    RequestLogWebFilter requestLogWebFilter() {
        return new RequestLogWebFilter();
    }

    @Bean
    TraceSampling traceSampling(TracingProperties properties) {
        return new TraceSampling(properties, () -> ThreadLocalRandom.current().nextDouble());
    }

    // Meters are made by hand: those of observations would count sampled requests only.
    @Bean
    static BeanDefinitionRegistryPostProcessor noMetersOfObservations() {
        return registry -> {
            if (registry.containsBeanDefinition(METERS_OF_OBSERVATIONS)) {
                registry.removeBeanDefinition(METERS_OF_OBSERVATIONS);
            }
        };
    }
}
