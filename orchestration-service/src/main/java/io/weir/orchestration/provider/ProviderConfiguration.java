package io.weir.orchestration.provider;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.security.egress.BaseUrlRules;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(UpstreamProperties.class)
class ProviderConfiguration {

    @Bean
    Providers providers(Environment environment) {
        return Providers.of(environment);
    }

    @Bean
    ProviderCalls providerCalls(UpstreamProperties upstream, BaseUrlRules rules, MeterRegistry registry) {
        return new ProviderCalls(upstream, rules, registry);
    }
}
