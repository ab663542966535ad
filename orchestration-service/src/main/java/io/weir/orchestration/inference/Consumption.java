package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import io.weir.orchestration.provider.FailedAttempt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a call came to.
///
/// @param failed attempts before the one that was answered
/// @param providerRequestId null: the provider sent none
/// @param sent by [System#nanoTime], when the answered attempt began
/// @param billable whether the client's answer began 2xx
/// @param timeToFirstTokenMs null: a plain answer
record Consumption(
        List<FailedAttempt> failed,
        @Nullable String providerRequestId,
        int status,
        long sent,
        Usage usage,
        Outcome outcome,
        boolean billable,
        @Nullable Long timeToFirstTokenMs,
        long bytesOut) {}
