package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// How many calls of all tenants together the platform takes per second. Beyond it nobody did anything wrong: the
/// answer is 503, not 429, and no quota is used up.
final class PlatformCap {

    // No tenant has such an id.
    private static final String KEY = "{platform}:second";

    private final PacedCalls rates;
    private final Ceilings.@Nullable OfRate ceiling;

    /// @param rates counts apart from tenants' limits
    /// @param perSecond null: none
    PlatformCap(PacedCalls rates, @Nullable BigDecimal perSecond) {
        this.rates = rates;
        this.ceiling = perSecond == null ? null : new Ceilings.OfRate("platform", KEY, perSecond, 1);
    }

    boolean isSet() {
        return ceiling != null;
    }

    /// Completes when there is room, else fails with a 503 problem.
    Mono<Void> demand(Call call) {
        return ceiling == null ? Mono.empty() : rates.pass(ceiling).flatMap(allowance -> decide(call, allowance));
    }

    void giveBack() {
        rates.giveBack();
    }

    private static Mono<Void> decide(Call call, Allowance allowance) {
        if (allowance.retryMicros() == 0) {
            return Mono.empty();
        }
        call.retryIn(allowance.retryMicros());
        return Mono.error(new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "The platform takes no more requests at present: all tenants together send more than it was built for."
                        + " This is not your limit. Try again in "
                        + Math.ceilDiv(allowance.retryMicros(), 1_000) + " ms."));
    }
}
