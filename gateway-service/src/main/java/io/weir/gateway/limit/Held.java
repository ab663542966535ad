package io.weir.gateway.limit;

/// The slots of a limit that are an instance's now.
///
/// @param isShort whether it, or another a moment ago, got fewer than it asked for: nobody is to keep slots free then
record Held(int slots, boolean isShort) {}
