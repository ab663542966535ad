package io.weir.security.webflux;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import org.springframework.web.reactive.function.server.ServerRequest;

/// What a route demands of its caller, said in its first line.
public final class Access {

    private Access() {}

    /// The caller's passport, if it has one of the scopes; a platform admin has them all but `inference`.
    /// Throws a 403 [PlatformException] naming what is missing.
    public static Passport demand(ServerRequest request, Scope... oneOf) {
        Passport passport = passport(request);
        for (Scope scope : oneOf) {
            boolean asOperator = scope != Scope.INFERENCE && passport.allows(Scope.PLATFORM_ADMIN);
            if (passport.allows(scope) || asOperator) {
                return passport;
            }
        }
        throw new PlatformException(
                ProblemType.PERMISSION_DENIED,
                "This key lacks the scope '" + oneOf[0].wireName()
                        + "'. Use a key that has it, or ask your administrator.");
    }

    /// As [#demand], and the tenant named in the path must be the caller's own, unless it is a platform admin.
    public static Passport demandFor(ServerRequest request, TenantId named, Scope... oneOf) {
        Passport passport = demand(request, oneOf);
        if (!passport.tenant().id().equals(named) && !passport.allows(Scope.PLATFORM_ADMIN)) {
            throw new PlatformException(
                    ProblemType.TENANT_MISMATCH,
                    "This key belongs to another tenant. Use a key of the tenant in the path.");
        }
        return passport;
    }

    private static Passport passport(ServerRequest request) {
        return (Passport) request.attribute(PassportWebFilter.PASSPORT)
                .orElseThrow(() -> new IllegalStateException("route without a passport filter: " + request.path()));
    }
}
