package io.weir.security;

import io.weir.tenancy.TenantContext;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the gateway proved about a caller, as a service sees it after verification.
///
/// @param issuer the service that signed it
/// @param subject `key:<id>`; of a person `member:<id>` or `user:<issuer>:<subject>`; `service:<name>` where a
///     service acts
/// @param keyId public id of the API key; the subject where none is used
/// @param role what a person is to the tenant; null for keys and services
/// @param expiresAt at most 60 s after it was issued
public record Passport(
        String id,
        String issuer,
        String audience,
        TenantContext tenant,
        String subject,
        String keyId,
        Set<Scope> scopes,
        @Nullable Role role,
        Instant expiresAt) {

    /// The HTTP header in which services receive it.
    public static final String HEADER = "x-weir-passport";

    /// The audience of every passport inside the mesh.
    public static final String MESH = "weir-mesh";

    public Passport {
        scopes = Set.copyOf(scopes);
    }

    public boolean allows(Scope scope) {
        return scopes.contains(scope);
    }
}
