package io.weir.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a call site says: what was done to what, and how it ended. Holds digests of values, never the
/// values, and no secret in any field.
///
/// @param action for example `key.created`: lower-case words joined by dots and hyphens
/// @param target what was acted on, for example `key:8fQ2`; cut after 256 characters
/// @param before digest of what was in force before, see [AuditDigest]; null: nothing was, or it does not
///     apply
/// @param after digest of what is in force after; null: nothing is, or it does not apply
/// @param detail a few words more, for example a reason; cut after 512 characters
public record AuditEntry(
        String action,
        String target,
        Outcome outcome,
        @Nullable String before,
        @Nullable String after,
        @Nullable String detail) {

    private static final Pattern ACTION = Pattern.compile("[a-z][a-z0-9]*(?:[.-][a-z0-9]+){1,7}");
    private static final int LONGEST_TARGET = 256;
    private static final int LONGEST_DETAIL = 512;

    public AuditEntry {
        if (!ACTION.matcher(action).matches() || action.length() > 64) {
            throw new IllegalArgumentException(
                    "audit action: '" + action + "' (expected: words joined by dots, such as key.created)");
        }
        target = AuditText.clean(target, LONGEST_TARGET);
        detail = detail == null ? null : AuditText.clean(detail, LONGEST_DETAIL);
    }

    /// How the action ended.
    public enum Outcome {
        /// It took effect, or takes effect with the commit that records it.
        SUCCEEDED,
        /// It was tried and refused.
        REFUSED,
        /// It was begun and failed.
        FAILED;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Throws [IllegalArgumentException] when there is no such outcome.
        public static Outcome of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /// An action that takes effect with the transaction that records it.
    public static AuditEntry done(String action, String target) {
        return new AuditEntry(action, target, Outcome.SUCCEEDED, null, null, null);
    }

    /// An action that was refused, and why.
    public static AuditEntry refused(String action, String target, String why) {
        return new AuditEntry(action, target, Outcome.REFUSED, null, null, why);
    }

    /// An action that failed, and why.
    public static AuditEntry failed(String action, String target, String why) {
        return new AuditEntry(action, target, Outcome.FAILED, null, null, why);
    }

    /// With the digests of what was and what is. Values that hold secrets must be shown without them.
    public AuditEntry changing(@Nullable Object was, @Nullable Object is) {
        return new AuditEntry(action, target, outcome, AuditDigest.of(was), AuditDigest.of(is), detail);
    }

    public AuditEntry with(String words) {
        return new AuditEntry(action, target, outcome, before, after, words);
    }
}
