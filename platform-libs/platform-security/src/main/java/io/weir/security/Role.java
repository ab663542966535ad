package io.weir.security;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What a person is to a tenant: a name for a set of scopes. Keys have scopes and no role.
public enum Role {
    /// Operates the platform; belongs to the reserved tenant.
    PLATFORM_ADMIN,
    /// Runs one tenant: its keys, configuration and members.
    TENANT_ADMIN,
    /// Calls models and reads what they cost.
    DEVELOPER,
    /// Reads usage, costs and requests.
    ANALYST,
    /// Reads budgets and invoices.
    BILLING;

    /// Reads the word used on the wire. Throws [IllegalArgumentException] listing the words when it is none of
    /// them.
    @JsonCreator
    public static Role of(String word) {
        return Arrays.stream(values())
                .filter(role -> role.wireName().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("role: '" + word + "' (expected one of: "
                        + Arrays.stream(values()).map(Role::wireName).collect(Collectors.joining(", ")) + ")"));
    }

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What it may do.
    public Set<Scope> scopes() {
        return switch (this) {
            case PLATFORM_ADMIN -> Set.of(Scope.PLATFORM_ADMIN);
            case TENANT_ADMIN -> Set.of(Scope.INFERENCE, Scope.ANALYTICS, Scope.BILLING, Scope.TENANT_ADMIN);
            case DEVELOPER -> Set.of(Scope.INFERENCE, Scope.ANALYTICS);
            case ANALYST -> Set.of(Scope.ANALYTICS);
            case BILLING -> Set.of(Scope.BILLING);
        };
    }
}
