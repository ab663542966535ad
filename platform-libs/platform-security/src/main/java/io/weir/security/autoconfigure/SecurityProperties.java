package io.weir.security.autoconfigure;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Where a service's keys lie.
///
/// @param signingKey PKCS#8 PEM file `<service>.<id>.pem`, Ed25519
/// @param trustedKeys directory of the services' public keys
/// @param pepper file with the API-key pepper; only where keys are hashed or checked
@ConfigurationProperties("weir.security")
public record SecurityProperties(
        Path signingKey, Path trustedKeys, @Nullable Path pepper) {}
