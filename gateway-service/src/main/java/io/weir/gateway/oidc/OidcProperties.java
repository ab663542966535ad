package io.weir.gateway.oidc;

import io.weir.security.Role;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Whose tokens people may sign in with.
///
/// @param issuers none: keys only
/// @param refresh how often an issuer's keys are fetched anew
/// @param refetchAfter at the earliest, where a token names a key that is not known, or keys could not be fetched
/// @param timeout of one fetch
/// @param maxTokenBytes longer tokens are refused unread
@ConfigurationProperties("weir.oidc")
public record OidcProperties(
        @DefaultValue List<Issuer> issuers,
        @DefaultValue("5m") Duration refresh,
        @DefaultValue("10s") Duration refetchAfter,
        @DefaultValue("2s") Duration timeout,
        @DefaultValue("8192") int maxTokenBytes) {

    public OidcProperties {
        issuers = List.copyOf(issuers);
        demandPositive("refresh", refresh);
        demandPositive("refetch-after", refetchAfter);
        demandPositive("timeout", timeout);
        if (maxTokenBytes < 512) {
            throw new IllegalArgumentException(
                    "weir.oidc.max-token-bytes: " + maxTokenBytes + " (expected: at least 512)");
        }
        Set<String> names = new HashSet<>();
        for (Issuer one : issuers) {
            if (!names.add(one.issuer())) {
                throw new IllegalArgumentException(
                        "weir.oidc.issuers: " + one.issuer() + " twice (expected: each issuer once)");
            }
        }
    }

    /// @param issuer the `iss` of its tokens, letter for letter
    /// @param audience one of these must be in `aud`
    /// @param jwksUri null: found by discovery under the issuer
    /// @param tenantClaim holds the tenant's slug or id, or several; null: memberships alone say the tenant
    /// @param rolesClaim holds names that the mapping turns into roles; dots descend into objects
    /// @param roleMapping from a name in the token to a role
    /// @param emailClaim holds an e-mail address that members are known by; null: subjects only
    /// @param tenants slugs or ids that its tokens may name in the tenant claim, and whose members may sign in
    ///     with it; empty: all
    /// @param clockSkew by how much its clock may differ from ours
    public record Issuer(
            String issuer,
            Set<String> audience,
            @Nullable URI jwksUri,
            @Nullable String tenantClaim,
            @Nullable String rolesClaim,
            @DefaultValue Map<String, Role> roleMapping,
            @Nullable String emailClaim,
            @DefaultValue Set<String> tenants,
            @DefaultValue("30s") Duration clockSkew) {

        public Issuer {
            RemoteAddress.demandSafe("weir.oidc.issuers.issuer", URI.create(issuer));
            if (jwksUri != null) {
                RemoteAddress.demandSafe("weir.oidc.issuers.jwks-uri", jwksUri);
            }
            if (audience == null || audience.isEmpty()) {
                throw new IllegalArgumentException("weir.oidc.issuers.audience: none for " + issuer
                        + " (expected: at least one, else tokens for others would be taken)");
            }
            if (clockSkew.isNegative() || clockSkew.compareTo(Duration.ofMinutes(5)) > 0) {
                throw new IllegalArgumentException(
                        "weir.oidc.issuers.clock-skew: " + clockSkew + " (expected: 0s to 5m)");
            }
            audience = Set.copyOf(audience);
            roleMapping = Map.copyOf(roleMapping);
            tenants = Set.copyOf(tenants);
        }
    }

    private static void demandPositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("weir.oidc." + name + ": " + duration + " (expected: above 0)");
        }
    }
}
