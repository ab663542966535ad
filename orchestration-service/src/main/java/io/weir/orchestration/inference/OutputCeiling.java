package io.weir.orchestration.inference;

import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets;
import io.weir.orchestration.route.Route;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

/// The most that a call can cost, by its output limit.
///
/// @param inputBound no fewer than the prompt's tokens
/// @param choices each of which may use the whole output limit
/// @param asked whether the client stated the limit, so that it must not be changed
record OutputCeiling(Route route, long inputBound, int choices, int outputLimit, boolean asked, Instant at)
        implements Budgets.Ceiling {

    // An answer cut shorter than this is of no use to anybody.
    private static final int SHORTEST = 16;

    @Override
    public Amount of(int limit) {
        return route.prices()
                .ceiling(route.model(), inputBound, Math.multiplyExact((long) limit, choices), at)
                .orElseThrow(() -> new IllegalStateException("no price for " + route.model()));
    }

    @Override
    public int largestWithin(Amount available) {
        if (asked) {
            return 0;
        }
        Amount input = of(0);
        BigDecimal room = available.minus(input).value();
        BigDecimal perToken = of(1).minus(input).value();
        if (room.signum() < 0) {
            return 0;
        }
        if (perToken.signum() == 0) {
            return outputLimit;
        }
        int fitting = room.divide(perToken, 0, RoundingMode.FLOOR)
                .min(BigDecimal.valueOf(outputLimit))
                .intValueExact();
        return fitting < Math.min(SHORTEST, outputLimit) ? 0 : fitting;
    }
}
