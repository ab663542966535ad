package io.weir.tenant.configuration;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.settings.SettingsPatch;
import tools.jackson.databind.node.ObjectNode;

/// What a configuration must not say, whoever says it.
final class SettingsRules {

    private SettingsRules() {}

    // The operator's own keys would end, and nobody could make new ones.
    static void refuseReserved(TenantId tenant, SettingsPatch wanted) {
        if (tenant.equals(TenantId.PLATFORM)
                && !wanted.body().path("security").path("keyMaxAgeDays").isMissingNode()) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "security.keyMaxAgeDays",
                    "Keys of the reserved tenant do not end by age: nobody could make a new one. Rotate them by hand.");
        }
    }

    // Invoices are in it, and only some currencies can be invoiced.
    static void refuseCurrency(ObjectNode before, ObjectNode wanted, Passport by) {
        if (!before.path("currency").equals(wanted.path("currency")) && !by.allows(Scope.PLATFORM_ADMIN)) {
            throw denied();
        }
    }

    /// As [#refuseCurrency], for a patch that names it, even where nothing would change.
    static void refuseCurrency(SettingsPatch patch, Passport by) {
        if (patch.body().has("currency") && !by.allows(Scope.PLATFORM_ADMIN)) {
            throw denied();
        }
    }

    private static PlatformException denied() {
        return PlatformException.of(
                ProblemType.PERMISSION_DENIED,
                "currency",
                "The currency of a tenant's invoices is the platform's operator's to change. Ask for it there.");
    }
}
