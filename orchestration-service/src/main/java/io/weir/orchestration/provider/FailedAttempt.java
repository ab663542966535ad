package io.weir.orchestration.provider;

import org.jspecify.annotations.Nullable;

/// An attempt without an answer.
///
/// @param status the provider's; null: none was received
/// @param timedOut the provider took the request and worked on it for too long: it will bill what it read. Any other
/// consumed nothing
public record FailedAttempt(int n, @Nullable Integer status, long latencyMs, boolean timedOut) {}
