package io.weir.tenant.apikey;

import io.weir.tenant.settings.Cascade;
import java.time.Duration;
import java.util.Optional;

/// A tenant's rule about old keys.
final class KeyAge {

    private KeyAge() {}

    /// After which a key is too old; empty where the tenant has no such rule.
    static Optional<Duration> maxAge(Cascade cascade) {
        return cascade.at("security.keyMaxAgeDays")
                .map(days -> Duration.ofDays(days.value().longValue()));
    }
}
