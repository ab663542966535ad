package io.weir.tenant.quota;

import org.jspecify.annotations.Nullable;

/// One thing that a plan limits.
///
/// @param name also the name below `limits` under which an operator overrides it
/// @param limit null: there is none
/// @param source of the limit: `plan`, `tenant` where it is overridden, or `system`
/// @param used null: not known now
/// @param warnAt from this use on it is time to act; null: there is no limit
/// @param exceeded whether more is used than the limit says
/// @param warning whether `warnAt` is reached
public record Quota(
        String name,
        @Nullable Long limit,
        Kind kind,
        String source,
        @Nullable Long used,
        @Nullable Long warnAt,
        boolean exceeded,
        boolean warning) {

    private static final int WARN_PERCENT = 80;

    /// What happens beyond the limit.
    public enum Kind {
        /// It is refused.
        HARD,
        /// Nothing but a warning.
        SOFT,
        /// It is charged.
        PRICED;

        @com.fasterxml.jackson.annotation.JsonValue
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static Quota of(String name, @Nullable Long limit, Kind kind, String source, @Nullable Long used) {
        if (limit == null) {
            return new Quota(name, null, kind, source, used, null, false, false);
        }
        long warnAt = warnAt(limit);
        return new Quota(
                name, limit, kind, source, used, warnAt, used != null && used > limit, used != null && used >= warnAt);
    }

    // Rounded up: a warning at nothing used would say nothing.
    private static long warnAt(long limit) {
        return limit - limit / 100 * (100 - WARN_PERCENT) - limit % 100 * (100 - WARN_PERCENT) / 100;
    }
}
