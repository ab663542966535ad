package io.weir.analytics.call;

import io.weir.problem.PlatformException;
import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.util.Optional;
import org.springframework.web.reactive.function.server.ServerRequest;

/// Whose rows a call reads: the caller's, or those of the tenant that a platform admin names.
public final class Caller {

    private Caller() {}

    /// The caller's tenant, or the one in `?tenantId=`. Throws a 403 problem when the caller may not read it, a 400
    /// when the parameter is no tenant id.
    public static TenantContext tenant(ServerRequest request) {
        Passport passport = Access.passport(request);
        Optional<String> named = request.queryParam("tenantId");
        return named.isEmpty() ? passport.tenant() : tenant(request, named.get(), "tenantId");
    }

    /// The tenant that the call names. Throws as [#tenant(ServerRequest)] does.
    public static TenantContext tenant(ServerRequest request, String named, String parameter) {
        TenantId id;
        try {
            id = TenantId.of(named);
        } catch (IllegalArgumentException malformed) {
            throw PlatformException.invalid(parameter, parameter + " must be a tenant's UUID.");
        }
        TenantContext own = Access.demandOwn(request, id).tenant();
        return new TenantContext(id, own.plan(), own.placement(), own.region());
    }
}
