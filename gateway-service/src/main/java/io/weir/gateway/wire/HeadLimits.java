package io.weir.gateway.wire;

import java.time.Duration;

/// How large the head of a request may be, and how long a request may take to come.
///
/// @param lines most header lines
/// @param bytes of the request line and all headers together
/// @param headTimeout from its first byte to the end of its head
/// @param bodyTimeout from then to the end of its body, which must also not stand still
public record HeadLimits(int lines, int bytes, Duration headTimeout, Duration bodyTimeout) {}
