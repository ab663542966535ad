package io.weir.security.autoconfigure;

import io.weir.security.PassportIssuer;
import io.weir.security.PassportVerifier;
import io.weir.security.Pepper;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.security.webflux.OpenRoute;
import io.weir.security.webflux.PassportWebFilter;
import java.time.Clock;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// A service's own key, the keys it trusts, and the passport filter in front of its routes.
@AutoConfiguration
@EnableConfigurationProperties(SecurityProperties.class)
public final class SecurityAutoConfiguration {

    private static final Set<String> SERVICES =
            Set.of("gateway", "tenant", "orchestration", "analytics", "billing", "model", "chaos");

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    SigningKey signingKey(SecurityProperties properties) {
        return SigningKey.load(properties.signingKey());
    }

    @Bean
    TrustedKeys trustedKeys(SecurityProperties properties, Clock clock) {
        return TrustedKeys.load(properties.trustedKeys(), clock);
    }

    @Bean
    PassportIssuer passportIssuer(SigningKey key, Clock clock) {
        return new PassportIssuer(key, clock);
    }

    @Bean
    @ConditionalOnProperty("weir.security.pepper")
    Pepper pepper(SecurityProperties properties) {
        return Pepper.load(Objects.requireNonNull(properties.pepper()));
    }

    @Bean
    PassportVerifier passportVerifier(TrustedKeys keys, Clock clock) {
        return new PassportVerifier(keys, SERVICES, clock);
    }

    // The gateway is where passports are made; it must not ask callers for one.
    @Bean
    @ConditionalOnProperty(name = "weir.security.passport-required", matchIfMissing = true)
    PassportWebFilter passportWebFilter(PassportVerifier verifier, ObjectProvider<OpenRoute> openRoutes) {
        return new PassportWebFilter(verifier, openRoutes.stream().collect(Collectors.toUnmodifiableSet()));
    }
}
