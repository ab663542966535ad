package io.weir.tenant.member;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.Texts;
import io.weir.tenant.request.Violations;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A member that somebody wants.
///
/// @param issuer null: whoever the gateway takes that says the e-mail address
/// @param subject null: known by the e-mail address
record MemberWish(
        String email,
        @Nullable String name,
        Role role,
        @Nullable String issuer,
        @Nullable String subject) {

    private static final int LONGEST = 255;

    /// Throws a 400 that names every field at fault.
    static MemberWish of(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("email", "name", "role", "issuer", "subject"));
        String email = fields.required("email", Texts::email).orElse("");
        String name = fields.optional("name", Texts::displayName).orElse(null);
        Role role = fields.required("role", Role::of).orElse(Role.BILLING);
        String issuer = fields.optional("issuer", MemberWish::issuer).orElse(null);
        String subject = fields.optional("subject", MemberWish::subject).orElse(null);
        if (subject != null && issuer == null) {
            violations.add("issuer", "is missing: a subject is one person's with one issuer alone");
        }
        violations.refuseIfAny();
        return new MemberWish(email, name, role, issuer, subject);
    }

    /// The role in a change. Throws a 400 where it is missing or none.
    static Role role(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("role"));
        Role role = fields.required("role", Role::of).orElse(Role.BILLING);
        violations.refuseIfAny();
        return role;
    }

    /// Throws a 403 where who asks could not have the role itself, a 422 where it does not belong to the tenant.
    static void refuseUngrantable(Role role, TenantId tenant, Passport by) {
        if (role != Role.PLATFORM_ADMIN) {
            return;
        }
        if (!by.allows(Scope.PLATFORM_ADMIN)) {
            throw PlatformException.of(
                    ProblemType.PERMISSION_DENIED, "role", "Only a platform admin can grant platform-admin.");
        }
        if (!tenant.equals(TenantId.PLATFORM)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE, "role", "Platform admins belong to the reserved tenant 'platform'.");
        }
    }

    String foldedEmail() {
        return email.toLowerCase(Locale.ROOT);
    }

    private static String issuer(String text) {
        try {
            URI address = URI.create(text);
            if (text.length() <= LONGEST
                    && address.getHost() != null
                    && ("https".equals(address.getScheme()) || "http".equals(address.getScheme()))) {
                return text;
            }
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("must be the issuer's URL, as in its tokens' iss", malformed);
        }
        throw new IllegalArgumentException("must be the issuer's URL, as in its tokens' iss");
    }

    private static String subject(String text) {
        boolean plain = text.chars().allMatch(character -> character > ' ' && character < 0x7f);
        if (text.isEmpty() || text.length() > LONGEST || !plain) {
            throw new IllegalArgumentException("must be 1 to 255 visible ASCII characters, as in the tokens' sub");
        }
        return text;
    }

    // Addresses are not logged.
    @Override
    public String toString() {
        return "MemberWish[" + role + "]";
    }
}
