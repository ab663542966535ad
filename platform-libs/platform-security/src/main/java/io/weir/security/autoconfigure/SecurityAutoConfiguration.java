package io.weir.security.autoconfigure;

import io.weir.security.Envelope;
import io.weir.security.KeyReloading;
import io.weir.security.PassportIssuer;
import io.weir.security.PassportVerifier;
import io.weir.security.Pepper;
import io.weir.security.Peppers;
import io.weir.security.ProviderKeyVault;
import io.weir.security.Reloadable;
import io.weir.security.SigningKeys;
import io.weir.security.TrustedKeys;
import io.weir.security.egress.BaseUrlRules;
import io.weir.security.webflux.OpenRoute;
import io.weir.security.webflux.PassportWebFilter;
import io.weir.security.webflux.RouteCatalogue;
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
import org.springframework.web.reactive.function.server.RouterFunction;

/// A service's own key, the keys it trusts, and the passport filter in front of its routes.
@AutoConfiguration
@EnableConfigurationProperties({SecurityProperties.class, EgressProperties.class})
public final class SecurityAutoConfiguration {

    private static final Set<String> SERVICES =
            Set.of("gateway", "tenant", "orchestration", "analytics", "billing", "model", "chaos");

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    SigningKeys signingKeys(SecurityProperties properties) {
        return SigningKeys.load(properties.signingKey());
    }

    @Bean
    TrustedKeys trustedKeys(SecurityProperties properties, Clock clock) {
        return TrustedKeys.load(properties.trustedKeys(), clock);
    }

    @Bean
    PassportIssuer passportIssuer(SigningKeys keys, Clock clock) {
        return new PassportIssuer(keys, clock);
    }

    @Bean
    @ConditionalOnProperty("weir.security.pepper")
    Peppers peppers(SecurityProperties properties) {
        return Peppers.load(Objects.requireNonNull(properties.pepper()));
    }

    // Digests of texts that are looked up, such as e-mail addresses, stay under one pepper for as long as it is there.
    @Bean
    @ConditionalOnProperty("weir.security.pepper")
    Pepper digestPepper(Peppers peppers) {
        return peppers.first();
    }

    @Bean
    @ConditionalOnProperty("weir.security.envelope-keyset")
    Envelope envelope(SecurityProperties properties) {
        return Envelope.load(Objects.requireNonNull(properties.envelopeKeyset()));
    }

    @Bean
    @ConditionalOnProperty("weir.security.provider-keyset")
    ProviderKeyVault providerKeyVault(SecurityProperties properties) {
        return ProviderKeyVault.load(Objects.requireNonNull(properties.providerKeyset()));
    }

    @Bean
    BaseUrlRules baseUrlRules(EgressProperties properties) {
        return new BaseUrlRules(properties.ports(), properties.allowLoopback());
    }

    @Bean
    KeyReloading keyReloading(SecurityProperties properties, ObjectProvider<Reloadable> files) {
        return new KeyReloading(files.stream().toList(), properties.reloadEvery());
    }

    @Bean
    PassportVerifier passportVerifier(TrustedKeys keys, Clock clock) {
        return new PassportVerifier(keys, SERVICES, clock);
    }

    // Made at start: a service with an undeclared route does not start.
    @Bean
    RouteCatalogue routeCatalogue(ObjectProvider<RouterFunction<?>> functions, ObjectProvider<OpenRoute> openRoutes) {
        return new RouteCatalogue(
                functions.stream().toList(), openRoutes.stream().collect(Collectors.toUnmodifiableSet()));
    }

    // The gateway is where passports are made; it must not ask callers for one.
    @Bean
    @ConditionalOnProperty(name = "weir.security.passport-required", matchIfMissing = true)
    PassportWebFilter passportWebFilter(PassportVerifier verifier, ObjectProvider<OpenRoute> openRoutes) {
        return new PassportWebFilter(verifier, openRoutes.stream().collect(Collectors.toUnmodifiableSet()));
    }
}
