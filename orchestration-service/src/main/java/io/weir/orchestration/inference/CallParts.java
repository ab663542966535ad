package io.weir.orchestration.inference;

import io.weir.orchestration.lane.FairUse;
import io.weir.orchestration.lane.TenantTokens;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.route.RoutingProperties;
import io.weir.problem.PlatformException;
import org.jspecify.annotations.Nullable;

/// What every call works with.
///
/// @param routing how far a call falls back
public record CallParts(
        ProviderCalls calls,
        CallBooks books,
        AttemptPricing pricing,
        UsageMeasure measure,
        OpenCalls open,
        RoutingProperties routing,
        FairUse fair) {

    /// What the call's tenant has left of its tokens per minute; null: they are not limited.
    public TenantTokens.@Nullable Allowance tokensLeft(BookedCall call) {
        return fair.tokens().allowance(call.tenant().tenantId(), Tries.tokensPerMinute(call.tenant()));
    }

    /// Why nothing was consumed, as the ledger says it.
    static String reason(Throwable failure) {
        if (failure instanceof PlatformException problem) {
            return switch (problem.type()) {
                case BUDGET_EXCEEDED, BUDGET_UNKNOWN, LEDGER_UNAVAILABLE ->
                    problem.type().code();
                default -> "provider_error";
            };
        }
        if (!(failure instanceof ProviderFailure known)) {
            return "provider_error";
        }
        return switch (known.kind()) {
            case NOBODY_WAITS -> "client_gone";
            case SHUT -> "provider_shut";
            case FULL -> "provider_full";
            case UNREACHABLE -> "provider_unreachable";
            case OVERLOADED -> "provider_rate_limited";
            case REFUSED, TOO_LONG, AGAINST_RULES -> "provider_refused";
            case BROKEN, UNCERTAIN -> "provider_error";
        };
    }
}
