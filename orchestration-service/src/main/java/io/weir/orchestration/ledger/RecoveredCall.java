package io.weir.orchestration.ledger;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// How a call is settled that nobody can settle as it was: at what it had cost when its hold was last renewed, where
/// that is known, else at the ceiling, in one line; marked `recovered`, for review.
public final class RecoveredCall {

    private RecoveredCall() {}

    /// @param held in force
    /// @param since when the request first held something
    public static Settled of(Held held, Instant since, Instant now) {
        Amount known = held.measured();
        Amount cost = known == null || known.compareTo(held.ceiling()) > 0 ? held.ceiling() : known;
        long lasted = Math.max(0, Duration.between(since, now).toMillis());
        int fallbacks = held.fallback() == null ? 0 : held.fallback();
        Attempt attempt = new Attempt(
                fallbacks + 1,
                held.provider(),
                held.model(),
                null,
                Quantities.of(Meter.REQUEST, 1),
                null,
                UsageSource.MEASURED,
                null,
                List.of(PricedLine.of(cost, "recovered")),
                cost,
                Outcome.RECOVERED,
                null,
                lasted);
        return new Settled(
                held.requestId(),
                held.tenantId(),
                held.keyId(),
                held.requestedModel(),
                held.provider(),
                held.model(),
                List.of(attempt),
                cost,
                held.model(),
                cost,
                List.of(),
                Outcome.RECOVERED,
                known != null,
                known != null,
                lasted,
                null,
                "none",
                "recovered",
                0,
                0,
                held.tags());
    }
}
