package io.weir.security.webflux;

import io.weir.security.Scope;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who may call a route.
public sealed interface RouteAccess {

    /// Callers without a passport, who prove themselves otherwise; needs an [OpenRoute] of the same method and
    /// path.
    record Open() implements RouteAccess {}

    /// Callers with a passport.
    ///
    /// @param anyOf one of them suffices; a platform admin has them all but `inference`
    /// @param tenantVariable the path variable that names the tenant, which must be the caller's own, unless it
    ///     is a platform admin
    record Holders(Set<Scope> anyOf, Optional<String> tenantVariable) implements RouteAccess {

        public Holders {
            if (anyOf.isEmpty()) {
                throw new IllegalArgumentException("route access: no scope (expected: at least one)");
            }
            anyOf = Set.copyOf(anyOf);
        }

        /// As it is, and only for the tenant that the path variable names.
        public Holders ofTenant(String pathVariable) {
            return new Holders(anyOf, Optional.of(pathVariable));
        }

        /// Whether a caller with these scopes may call the route for its own tenant.
        public boolean permits(Set<Scope> held) {
            return anyOf.stream().anyMatch(one -> reaches(held, one));
        }

        List<Scope> inOrder() {
            return anyOf.stream().sorted().toList();
        }
    }

    /// Who has one of the scopes.
    static Holders anyOf(Scope first, Scope... others) {
        return new Holders(EnumSet.of(first, others), Optional.empty());
    }

    /// Who has any scope at all.
    static Holders signedIn() {
        return new Holders(EnumSet.allOf(Scope.class), Optional.empty());
    }

    /// Platform admins.
    static Holders platform() {
        return anyOf(Scope.PLATFORM_ADMIN);
    }

    /// Everybody: see [Open].
    static Open open() {
        return new Open();
    }

    private static boolean reaches(Set<Scope> held, Scope wanted) {
        return held.contains(wanted) || (wanted != Scope.INFERENCE && held.contains(Scope.PLATFORM_ADMIN));
    }
}
