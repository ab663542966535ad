package io.weir.security.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where a service's keys lie.
///
/// @param signingKey PKCS#8 PEM file `<service>.<id>.pem`, Ed25519; or a directory of such, see
///     [io.weir.security.SigningKeys]
/// @param trustedKeys directory of the services' public keys
/// @param pepper file with the API-key pepper, or a directory of several, see [io.weir.security.Peppers]; only
///     where keys are hashed or checked
/// @param envelopeKeyset Tink keyset that encrypts tenants' data at rest; only where there is such data
/// @param providerKeyset Tink keyset that seals the provider keys that tenants bring; only where they are set or used
/// @param reloadEvery how often all of these are looked at again
@ConfigurationProperties("weir.security")
public record SecurityProperties(
        Path signingKey,
        Path trustedKeys,
        @Nullable Path pepper,
        @Nullable Path envelopeKeyset,
        @Nullable Path providerKeyset,
        @DefaultValue("1s") Duration reloadEvery) {}
