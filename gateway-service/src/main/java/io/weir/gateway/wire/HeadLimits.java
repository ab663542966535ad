package io.weir.gateway.wire;

/// How large the head of a request may be.
///
/// @param lines most header lines
/// @param bytes of the request line and all headers together
public record HeadLimits(int lines, int bytes) {}
