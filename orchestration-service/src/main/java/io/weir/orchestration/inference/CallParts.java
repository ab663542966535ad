package io.weir.orchestration.inference;

import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.ProviderFailure;

/// What every call works with.
record CallParts(ProviderCalls calls, CallBooks books, UsageMeasure measure, OpenCalls open) {

    /// Why nothing was consumed, as the ledger says it.
    static String reason(Throwable failure) {
        if (!(failure instanceof ProviderFailure known)) {
            return "provider_error";
        }
        return switch (known.kind()) {
            case NOBODY_WAITS -> "client_gone";
            case SHUT -> "provider_shut";
            case UNREACHABLE -> "provider_unreachable";
            case OVERLOADED -> "provider_rate_limited";
            case REFUSED -> "provider_refused";
            case BROKEN, UNCERTAIN -> "provider_error";
        };
    }
}
