package io.weir.analytics.stream;

import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;

/// Who reads a stream, as far as it decides what is shown to them.
///
/// @param subject of the passport, for example `member:<id>`
/// @param keyId the key's public id
/// @param seesBudgets whether all of the tenant's budgets are shown to them elsewhere, too
record Audience(TenantId tenant, String subject, String keyId, boolean seesBudgets) {

    static Audience of(Passport passport) {
        return new Audience(
                passport.tenant().id(),
                passport.subject(),
                passport.keyId(),
                passport.allows(Scope.BILLING)
                        || passport.allows(Scope.TENANT_ADMIN)
                        || passport.allows(Scope.PLATFORM_ADMIN));
    }
}
