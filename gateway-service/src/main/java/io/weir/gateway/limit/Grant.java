package io.weir.gateway.limit;

/// What the shared bucket gave.
///
/// @param permits how many; may be none
/// @param left in the bucket
/// @param waitMicros until there is one; 0 where some were given
record Grant(int permits, int left, long waitMicros) {}
