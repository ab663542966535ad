package io.weir.gateway.authentication;

import io.weir.gateway.authentication.Authentication.Proven;
import io.weir.gateway.authentication.Authentication.Refused;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.Credential;
import io.weir.gateway.oidc.TokenVerifier;
import io.weir.gateway.oidc.VerifiedToken;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.TenantId;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Proves a person by a token, and finds the tenant that it acts for.
final class TokenAuthentication {

    private final TokenVerifier verifier;
    private final PersonRights rights;
    private final TenantIndex tenants;
    private final BooleanSupplier ready;

    /// @param ready whether memberships are known
    TokenAuthentication(TokenVerifier verifier, PersonRights rights, TenantIndex tenants, BooleanSupplier ready) {
        this.verifier = verifier;
        this.rights = rights;
        this.tenants = tenants;
        this.ready = ready;
    }

    /// Whether the text is a token rather than a key, and tokens are taken.
    boolean isToken(String presented) {
        return verifier.isInUse() && !presented.startsWith("weir_") && presented.indexOf('.') > 0;
    }

    /// @param named slug of the tenant that the request names; null: none
    Mono<Authentication> authenticate(String token, @Nullable String named) {
        return verifier.verify(token)
                .map(good -> chosen(good, named))
                .onErrorResume(PlatformException.class, refused -> Mono.just(new Refused(refused, null)));
    }

    /// What a person who was proven is worth now, for the same tenant.
    Authentication reauthenticate(Credential.OfPerson before, TenantId tenant) {
        Authentication now = of(before.token(), tenant);
        boolean changed = now instanceof Proven(Caller caller) && before.role() != caller.role();
        return changed
                ? refused(ProblemType.PERMISSION_DENIED, "Your role in this tenant changed. Connect again.")
                : now;
    }

    /// What a token that was proven is worth now, for that tenant.
    Authentication of(VerifiedToken token, TenantId tenant) {
        if (!verifier.isInTime(token)) {
            return refused(ProblemType.INVALID_TOKEN, "The token expired. Sign in again.");
        }
        Credential.OfPerson right = rights.of(token).get(tenant);
        return right == null
                ? refused(ProblemType.PERMISSION_DENIED, "You are no member of this tenant any more.")
                : admit(right, tenant);
    }

    private Authentication chosen(VerifiedToken token, @Nullable String named) {
        if (!ready.getAsBoolean() || !tenants.isReady()) {
            return refused(
                    ProblemType.SERVICE_UNAVAILABLE,
                    "The gateway is starting and does not know its members yet. Try again in a moment.");
        }
        Map<TenantId, Credential.OfPerson> all = rights.of(token);
        if (all.isEmpty()) {
            return refused(
                    ProblemType.PERMISSION_DENIED,
                    "You are signed in, but have no role here. Ask an administrator of your tenant to add you as a"
                            + " member.");
        }
        return named == null ? theOnly(all) : theNamed(all, named);
    }

    private Authentication theNamed(Map<TenantId, Credential.OfPerson> all, String named) {
        TenantId tenant = tenants.named(named).map(TenantSnapshot::tenantId).orElse(null);
        Credential.OfPerson right = tenant == null ? null : all.get(tenant);
        return tenant != null && right != null
                ? admit(right, tenant)
                : refused(
                        ProblemType.TENANT_MISMATCH,
                        "You have no role in the tenant that the request names. Name one of yours, or leave it out.");
    }

    private Authentication theOnly(Map<TenantId, Credential.OfPerson> all) {
        if (all.size() == 1) {
            Map.Entry<TenantId, Credential.OfPerson> only =
                    all.entrySet().iterator().next();
            return admit(only.getValue(), only.getKey());
        }
        List<String> slugs = all.keySet().stream()
                .flatMap(id -> tenants.find(id).stream())
                .map(tenant -> tenant.slug().value())
                .sorted()
                .toList();
        return new Refused(
                PlatformException.invalid(
                        NamedTenant.SLUG_HEADER,
                        "You are a member of several tenants: " + String.join(", ", slugs)
                                + ". Name one by the header X-Tenant-Slug or its subdomain."),
                null);
    }

    private Authentication admit(Credential.OfPerson right, TenantId id) {
        TenantSnapshot tenant = tenants.find(id).orElse(null);
        if (tenant == null) {
            return refused(
                    ProblemType.SERVICE_UNAVAILABLE, "Your tenant is not known here yet. Try again in a moment.");
        }
        Caller caller = new Caller(right, tenant);
        return tenant.status() == TenantStatus.ACTIVE
                ? new Proven(caller)
                : new Refused(ApiKeyAuthentication.suspended(caller.tenant()), caller);
    }

    private static Authentication refused(ProblemType type, String message) {
        return new Refused(new PlatformException(type, message), null);
    }
}
