package io.weir.local.demo;

import java.math.BigDecimal;

/// A call that was answered 2xx, and what the cost stream said of it.
///
/// @param reason why that model, as the answer says
record MadeCall(
        PlannedCall planned,
        String requestId,
        String servedModel,
        String reason,
        BigDecimal cost,
        BigDecimal running,
        long frameMillis) {}
