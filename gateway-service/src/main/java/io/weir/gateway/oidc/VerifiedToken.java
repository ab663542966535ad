package io.weir.gateway.oidc;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a token that holds says of a person.
///
/// @param issuer one that is configured
/// @param subject unique with the issuer
/// @param email lower case; null where the issuer is not asked for one, has none, or did not verify it
/// @param tenants slugs or ids in the tenant claim, of those that the issuer may name
/// @param roles words in the roles claim
/// @param expiresAt when it ends here: with the clock skew that its issuer is granted
public record VerifiedToken(
        String issuer,
        String subject,
        @Nullable String email,
        List<String> tenants,
        Set<String> roles,
        Instant expiresAt) {

    public VerifiedToken {
        tenants = List.copyOf(tenants);
        roles = Set.copyOf(roles);
    }
}
