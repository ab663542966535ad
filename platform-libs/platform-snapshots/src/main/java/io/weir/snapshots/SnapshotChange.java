package io.weir.snapshots;

import org.jspecify.annotations.Nullable;

/// A key of a table changed.
///
/// @param value what it is now; null: it was removed
public record SnapshotChange<T>(String key, @Nullable T value, long version) {}
