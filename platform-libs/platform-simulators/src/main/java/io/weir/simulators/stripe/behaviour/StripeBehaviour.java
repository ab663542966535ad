package io.weir.simulators.stripe.behaviour;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the simulated Stripe behaves.
///
/// @param errorRate share of the calls answered with 500 before they take effect, 0 to 1
/// @param lostAnswerRate share of the calls that take effect and whose connection is then closed, 0 to 1
/// @param rateLimitPerSecond calls beyond it get 429; null: no limit
/// @param latency before a call takes effect, its idempotency key being held
/// @param duplicateWebhooks every webhook is sent twice
/// @param reorderWebhooks webhooks due within a quarter of a second are sent newest first
/// @param pruneIdempotencyAfter age at which idempotency keys are forgotten
/// @param seed decides which calls fail
public record StripeBehaviour(
        double errorRate,
        double lostAnswerRate,
        @Nullable Integer rateLimitPerSecond,
        Duration latency,
        boolean duplicateWebhooks,
        boolean reorderWebhooks,
        Duration pruneIdempotencyAfter,
        long seed) {

    /// Prompt, friendly, without limits; keys are kept for a day, as Stripe says.
    public static final StripeBehaviour DEFAULT =
            new StripeBehaviour(0, 0, null, Duration.ZERO, false, false, Duration.ofDays(1), 0);
}
