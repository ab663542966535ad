package io.weir.orchestration.provider;

import org.jspecify.annotations.Nullable;

/// An attempt without an answer.
///
/// @param status the provider's; null: none was received
/// @param read the provider has the whole request and said nothing to it until it was given up, since it took too long
/// or nobody waited any more: it may bill what it read. Any other consumed nothing
public record FailedAttempt(int n, @Nullable Integer status, long latencyMs, boolean read) {}
