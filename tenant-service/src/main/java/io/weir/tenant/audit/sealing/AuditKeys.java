package io.weir.tenant.audit.sealing;

import io.weir.security.Reloadable;
import io.weir.security.SigningKeys;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The audit key in use, read again when it changes; none where none is set.
final class AuditKeys implements Reloadable {

    private final @Nullable SigningKeys keys;

    AuditKeys(@Nullable Path signingKey) {
        this.keys = signingKey == null ? null : SigningKeys.load(signingKey);
    }

    @Nullable
    SigningKeys signing() {
        return keys;
    }

    @Override
    public void refresh() {
        if (keys != null) {
            keys.refresh();
        }
    }
}
