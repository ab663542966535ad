package io.weir.tenancy;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How much of its database a tenant shares: everything, all but the schema, or nothing.
public enum Placement {
    POOL,
    BRIDGE,
    SILO;

    /// The word used on the wire.
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
