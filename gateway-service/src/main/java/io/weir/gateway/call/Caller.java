package io.weir.gateway.call;

import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who calls: a key or a person that was proven, and the tenant, as they stood at that moment.
public record Caller(Credential credential, TenantSnapshot tenant) {

    public Caller(ApiKeySnapshot key, TenantSnapshot tenant) {
        this(new Credential.OfKey(key), tenant);
    }

    /// The tenant as log lines and records name it.
    public String tenantId() {
        return tenant.tenantId().toString();
    }

    public Set<Scope> scopes() {
        return credential.scopes();
    }

    /// What a person is to the tenant; null for keys.
    public @Nullable Role role() {
        return credential instanceof Credential.OfPerson person ? person.role() : null;
    }
}
