package io.weir.orchestration.provider;

import org.jspecify.annotations.Nullable;

/// An attempt that consumed nothing.
///
/// @param status the provider's; null: none was received
public record FailedAttempt(int n, @Nullable Integer status, long latencyMs) {}
