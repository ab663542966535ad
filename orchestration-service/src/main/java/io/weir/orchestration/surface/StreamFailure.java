package io.weir.orchestration.surface;

import io.weir.problem.ProblemType;
import org.jspecify.annotations.Nullable;

/// What a client is told of a stream that breaks.
///
/// @param param the field that is to blame; null: none
public record StreamFailure(
        ProblemType type, String message, @Nullable String param, String requestId) {}
