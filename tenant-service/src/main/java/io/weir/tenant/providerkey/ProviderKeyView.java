package io.weir.tenant.providerkey;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A key as it is shown: nobody can call with it.
///
/// @param fingerprint the same for the same key
/// @param baseUrl null: the platform's own address of the provider
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProviderKeyView(
        String provider,
        String keyId,
        String lastFour,
        String fingerprint,
        @Nullable String baseUrl,
        Fallback fallback,
        Instant setAt) {

    static ProviderKeyView of(ProviderKey key) {
        return new ProviderKeyView(
                key.provider(),
                key.keyId().toString(),
                key.lastFour(),
                key.fingerprint(),
                key.baseUrl().isEmpty() ? null : key.baseUrl(),
                key.fallback(),
                key.setAt());
    }
}
