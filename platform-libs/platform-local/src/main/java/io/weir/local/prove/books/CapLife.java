package io.weir.local.prove.books;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a request had of a cap, from its first hold on.
///
/// @param ceiling the largest that was held
/// @param resolved null: it is still held
/// @param cost 0 where it is held or was released
record CapLife(
        String requestId,
        Instant began,
        long ceiling,
        @Nullable Instant resolved,
        long cost) {}
