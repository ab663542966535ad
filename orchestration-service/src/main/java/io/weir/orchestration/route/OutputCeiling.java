package io.weir.orchestration.route;

import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

/// The most that a call can cost, by its output limit; nothing on the tenant's own account.
///
/// @param inputBound no fewer than the prompt's tokens
/// @param choices each of which may use the whole output limit
/// @param asked whether the client stated the limit, so that it must not be changed
/// @param spent by attempts before this one
public record OutputCeiling(
        Route route, long inputBound, int choices, int outputLimit, boolean asked, Instant at, Amount spent)
        implements Budgets.Ceiling {

    // An answer cut shorter than this is of no use to anybody.
    private static final int SHORTEST = 16;

    /// Of a call's first attempt.
    public OutputCeiling(Route route, long inputBound, int choices, int outputLimit, boolean asked, Instant at) {
        this(route, inputBound, choices, outputLimit, asked, at, Amount.ZERO);
    }

    /// The same within a smaller or equal limit.
    OutputCeiling within(int limit) {
        return new OutputCeiling(route, inputBound, choices, limit, asked, at, spent);
    }

    /// The same of a call's first attempt by another route to the model.
    OutputCeiling on(Route other) {
        return new OutputCeiling(other, inputBound, choices, outputLimit, asked, at);
    }

    /// The same after attempts that cost so much.
    public OutputCeiling after(Amount cost) {
        return new OutputCeiling(route, inputBound, choices, outputLimit, asked, at, cost);
    }

    @Override
    public Amount of(int limit) {
        if (route.provider().account().isTenants()) {
            return spent;
        }
        return route.prices()
                .ceiling(route.model(), inputBound, Math.multiplyExact((long) limit, choices), at)
                .orElseThrow(() -> new IllegalStateException("no price for " + route.model()))
                .plus(spent);
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
