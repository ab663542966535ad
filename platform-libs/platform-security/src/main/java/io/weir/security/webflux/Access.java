package io.weir.security.webflux;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/// What is demanded of a caller. A route's [RouteAccess] is enforced before its handler; here are finer
/// decisions.
public final class Access {

    private Access() {}

    /// The verified passport of the request's caller.
    public static Passport passport(ServerRequest request) {
        return (Passport) request.attribute(PassportWebFilter.PASSPORT)
                .orElseThrow(() -> new IllegalStateException("route without a passport filter: " + request.path()));
    }

    /// The caller's passport, if it has one of the scopes; a platform admin has them all but `inference`.
    /// Throws a 403 [PlatformException] naming what is missing.
    public static Passport demand(ServerRequest request, Scope first, Scope... others) {
        return demand(request, RouteAccess.anyOf(first, others));
    }

    /// As [#demand], and the tenant named must be the caller's own, unless it is a platform admin.
    public static Passport demandFor(ServerRequest request, TenantId named, Scope first, Scope... others) {
        demand(request, first, others);
        return demandOwn(request, named);
    }

    /// The caller's passport, if the tenant named is its own or it is a platform admin. Throws a 403
    /// [PlatformException].
    public static Passport demandOwn(ServerRequest request, TenantId named) {
        Passport passport = passport(request);
        if (!passport.tenant().id().equals(named) && !passport.allows(Scope.PLATFORM_ADMIN)) {
            throw new PlatformException(
                    ProblemType.TENANT_MISMATCH,
                    passport.role() == null
                            ? "This key belongs to another tenant. Use a key of the tenant in the path."
                            : "You are signed in to another tenant. Sign in to the tenant in the path.");
        }
        return passport;
    }

    static Passport demand(ServerRequest request, RouteAccess.Holders access) {
        Passport passport = passport(request);
        if (!access.permits(passport.scopes())) {
            throw lacking(access.inOrder(), passport.role());
        }
        access.tenantVariable().ifPresent(variable -> demandOwn(request, tenant(request, variable)));
        return passport;
    }

    /// The 403 for who has none of the scopes.
    public static PlatformException lacking(RouteAccess.Holders access, @Nullable Role role) {
        return lacking(access.inOrder(), role);
    }

    private static PlatformException lacking(List<Scope> oneOf, @Nullable Role role) {
        String wanted = (oneOf.size() == 1 ? "the scope " : "any of the scopes ")
                + oneOf.stream().map(scope -> "'" + scope.wireName() + "'").collect(Collectors.joining(", "));
        return new PlatformException(
                ProblemType.PERMISSION_DENIED,
                role == null
                        ? "This key lacks " + wanted + ". Use a key that has it, or ask your administrator."
                        : "The role '" + role.wireName() + "' lacks " + wanted
                                + ". Ask your administrator for a role that has it.");
    }

    private static TenantId tenant(ServerRequest request, String variable) {
        try {
            return TenantId.of(request.pathVariable(variable));
        } catch (IllegalArgumentException malformed) {
            throw PlatformException.invalid(variable, "The " + variable + " in the path is not a UUID.");
        }
    }
}
