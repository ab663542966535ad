package io.weir.gateway.oidc;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.resources.ConnectionProvider;

@Configuration(proxyBeanMethods = false)
class OidcConfiguration {

    private static final int CONNECTIONS_PER_ISSUER = 2;

    @Bean(destroyMethod = "dispose")
    ConnectionProvider issuerConnections() {
        return ConnectionProvider.create("oidc", CONNECTIONS_PER_ISSUER);
    }

    @Bean
    TokenVerifier tokenVerifier(OidcProperties properties, ConnectionProvider issuerConnections, Clock clock) {
        Map<String, TrustedIssuer> issuers = new LinkedHashMap<>();
        for (OidcProperties.Issuer one : properties.issuers()) {
            JwksFetch fetch = new JwksFetch(one, issuerConnections, properties.timeout());
            IssuerKeys keys = new IssuerKeys(one.issuer(), fetch.keys(), properties.refetchAfter(), clock);
            issuers.put(one.issuer(), new TrustedIssuer(one, keys));
        }
        return new TokenVerifier(issuers, properties, clock);
    }

    @Bean
    MeterBinder issuerMeters(TokenVerifier verifier) {
        return registry -> {
            Gauge.builder("gateway.oidc.keys.age", verifier, TokenVerifier::oldestKeys)
                    .baseUnit("seconds")
                    .description("age of the oldest set of issuer keys that tokens are checked against")
                    .register(registry);
            FunctionCounter.builder("gateway.oidc.fetches", verifier, TokenVerifier::fetches)
                    .baseUnit("fetches")
                    .description("fetches of issuer keys that were begun")
                    .register(registry);
        };
    }
}
