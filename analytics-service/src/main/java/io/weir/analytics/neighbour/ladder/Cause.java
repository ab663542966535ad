package io.weir.analytics.neighbour.ladder;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// Why a tenant's stage changed, or stands longer.
public enum Cause {
    /// Others suffer, and the stage before did not help.
    ESCALATED,
    /// It goes on at the same stage, whose time was running out.
    RENEWED,
    /// Nobody suffered for a while: one stage back.
    CALMED,
    /// Its time ran out.
    EXPIRED,
    /// An operator let it off.
    PARDONED,
    /// An operator restricted it.
    RESTRICTED,
    /// Automatic steps were switched off.
    SWITCHED_OFF;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Throws [IllegalArgumentException] when there is no such cause.
    @JsonCreator
    public static Cause of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
