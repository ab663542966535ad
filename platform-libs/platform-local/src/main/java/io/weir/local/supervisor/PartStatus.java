package io.weir.local.supervisor;

import org.jspecify.annotations.Nullable;

/// What is known of a part at one moment.
///
/// @param pid         of its process; null while it has none
/// @param failures    how often it died or could not be started since it was last ready
/// @param restarts    how often it died or could not be started in all
/// @param readyMillis from its start to its readiness, of the last start; null before that
/// @param detail      the reason where it failed or waits; null otherwise
public record PartStatus(
        String name,
        Part.Kind kind,
        PartState state,
        @Nullable Long pid,
        @Nullable Integer port,
        @Nullable String url,
        int failures,
        int restarts,
        @Nullable Long readyMillis,
        @Nullable String detail) {}
