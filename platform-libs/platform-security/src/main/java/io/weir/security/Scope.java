package io.weir.security;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What a caller may do. All but `platform-admin` reach only the caller's own tenant.
public enum Scope {
    /// Call models.
    INFERENCE,
    /// Read usage, costs and requests.
    ANALYTICS,
    /// Read budgets and invoices.
    BILLING,
    /// Change the tenant's keys and configuration.
    TENANT_ADMIN,
    /// Operate the platform: every tenant.
    PLATFORM_ADMIN;

    /// What a tenant's first key may do.
    public static final Set<Scope> FIRST_KEY = Set.of(INFERENCE, ANALYTICS, BILLING, TENANT_ADMIN);

    /// Reads the word used on the wire. Throws [IllegalArgumentException] listing the words when it is none of them.
    @JsonCreator
    public static Scope of(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.wireName().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("scope: '" + word + "' (expected one of: "
                        + Arrays.stream(values()).map(Scope::wireName).collect(Collectors.joining(", ")) + ")"));
    }

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
