package io.weir.gateway.authentication;

import io.weir.gateway.call.Credential;
import io.weir.gateway.oidc.OidcProperties;
import io.weir.gateway.oidc.TokenVerifier;
import io.weir.gateway.oidc.VerifiedToken;
import io.weir.security.Role;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a person may do where: by the words that its token claims and the operator maps to a role, else by membership.
/// A tenant claim limits both to the tenants in it. Only operators' tokens reach the reserved tenant, and nowhere else.
final class PersonRights {

    private static final int ISSUER_BYTES = 6;

    private final TokenVerifier verifier;
    private final MemberIndex members;
    private final TenantIndex tenants;

    PersonRights(TokenVerifier verifier, MemberIndex members, TenantIndex tenants) {
        this.verifier = verifier;
        this.members = members;
        this.tenants = tenants;
    }

    /// By tenant; empty where the person has no rights at all.
    Map<TenantId, Credential.OfPerson> of(VerifiedToken token) {
        Map<TenantId, Credential.OfPerson> rights = new LinkedHashMap<>();
        OidcProperties.Issuer issuer = verifier.issuer(token.issuer()).orElse(null);
        if (issuer == null) {
            return rights;
        }
        Set<TenantId> claimed = claimedTenants(token);
        Set<Role> roles = token.roles().stream()
                .map(issuer.roleMapping()::get)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (roles.contains(Role.PLATFORM_ADMIN)) {
            rights.put(TenantId.PLATFORM, claimedBy(token, Role.PLATFORM_ADMIN));
        }
        highestOfTenant(roles).ifPresent(role -> claimed.forEach(tenant -> rights.put(tenant, claimedBy(token, role))));
        for (MemberSnapshot member : members.of(token)) {
            boolean named = issuer.tenantClaim() == null || claimed.contains(member.tenantId());
            if (named && isTrustedWith(issuer, member.tenantId()) && isOfTenant(member)) {
                rights.putIfAbsent(member.tenantId(), memberBy(token, member));
            }
        }
        return rights;
    }

    // Else who runs one tenant's issuer could sign in as another tenant's member.
    private boolean isTrustedWith(OidcProperties.Issuer issuer, TenantId tenant) {
        return issuer.tenants().isEmpty()
                || issuer.tenants().stream()
                        .flatMap(name -> tenants.named(name).stream())
                        .anyMatch(one -> one.tenantId().equals(tenant));
    }

    // Operating the platform is no role in a tenant.
    private static boolean isOfTenant(MemberSnapshot member) {
        return member.role() != Role.PLATFORM_ADMIN || member.tenantId().equals(TenantId.PLATFORM);
    }

    private Set<TenantId> claimedTenants(VerifiedToken token) {
        return token.tenants().stream()
                .flatMap(name -> tenants.named(name).stream())
                .map(tenant -> tenant.tenantId())
                .filter(id -> !id.equals(TenantId.PLATFORM))
                .collect(Collectors.toSet());
    }

    // The roles are declared from the highest to the lowest.
    private static Optional<Role> highestOfTenant(Set<Role> roles) {
        return List.of(Role.TENANT_ADMIN, Role.DEVELOPER, Role.ANALYST, Role.BILLING).stream()
                .filter(roles::contains)
                .findFirst();
    }

    private static Credential.OfPerson claimedBy(VerifiedToken token, Role role) {
        String subject = "user:" + shortened(token.issuer()) + ":" + token.subject();
        return new Credential.OfPerson(token, subject, role, 0);
    }

    private static Credential.OfPerson memberBy(VerifiedToken token, MemberSnapshot member) {
        return new Credential.OfPerson(token, "member:" + member.memberId(), member.role(), member.version());
    }

    private static String shortened(String issuer) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(issuer.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ISSUER_BYTES);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
