package io.weir.tenant.lifecycle;

import java.util.Locale;

/// Jobs that take time.
enum Work {
    /// An archive of everything that this service holds of a tenant.
    EXPORT,
    /// The end of a tenant.
    ERASURE;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Work of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
