package io.weir.local.doctor;

import org.jspecify.annotations.Nullable;

/// The outcome of one check.
///
/// @param fix what to do; null where nothing needs doing
public record Finding(
        String check,
        Verdict verdict,
        String detail,
        @Nullable String fix) {

    /// How bad it is.
    public enum Verdict {
        OK,
        WARNING,
        FAILED
    }

    static Finding ok(String check, String detail) {
        return new Finding(check, Verdict.OK, detail, null);
    }

    static Finding warning(String check, String detail, String fix) {
        return new Finding(check, Verdict.WARNING, detail, fix);
    }

    static Finding failed(String check, String detail, String fix) {
        return new Finding(check, Verdict.FAILED, detail, fix);
    }
}
