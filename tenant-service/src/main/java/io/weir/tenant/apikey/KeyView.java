package io.weir.tenant.apikey;

import io.weir.security.Scope;
import io.weir.tenant.directory.TenantSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A key as its owner sees it.
///
/// @param expiresAt whatever the reason; null: it does not
/// @param rotationDue whether it is too old by the tenant's rule and not replaced yet
/// @param rotatedTo the key that replaces it; null: none
/// @param lastUsedAt a few seconds behind; null: never
record KeyView(
        String keyId,
        String name,
        List<Scope> scopes,
        String status,
        @Nullable Instant expiresAt,
        Instant createdAt,
        List<String> ipRanges,
        ObjectNode settings,
        boolean rotationDue,
        @Nullable String rotatedTo,
        @Nullable Instant lastUsedAt) {

    static KeyView of(KeyRecord key, Optional<Duration> maxAge, Instant now) {
        boolean old = maxAge.map(age -> key.createdAt().plus(age).isBefore(now)).orElse(false);
        return new KeyView(
                key.keyId(),
                key.name(),
                key.scopes().stream().sorted().toList(),
                TenantSnapshots.word(key.status()),
                key.expiresAt(),
                key.createdAt(),
                key.ipRanges(),
                key.settings(),
                old && key.rotatedTo() == null && !key.hasExpired(now),
                key.rotatedTo(),
                key.lastUsedAt());
    }
}
