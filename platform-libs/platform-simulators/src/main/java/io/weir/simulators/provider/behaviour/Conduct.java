package io.weir.simulators.provider.behaviour;

import java.time.Duration;
import java.util.SplittableRandom;

/// A behaviour with its running state: the bucket of the limit and the sequence of errors.
final class Conduct {

    private static final double MILLIS_PER_MINUTE = 60_000;

    private final Behaviour behaviour;
    private final SplittableRandom errors;

    // INVARIANT: 0 <= tokens <= requestsPerMinute. Refilled evenly, as OpenAI does, so an empty bucket has a known
    // wait.
    private double tokens;
    private long refilledAt;

    Conduct(Behaviour behaviour, long nowMillis) {
        this.behaviour = behaviour;
        this.errors = new SplittableRandom(behaviour.seed());
        this.tokens = behaviour.requestsPerMinute() == null ? 0 : behaviour.requestsPerMinute();
        this.refilledAt = nowMillis;
    }

    Behaviour behaviour() {
        return behaviour;
    }

    synchronized Admission admit(long nowMillis) {
        Integer limit = behaviour.requestsPerMinute();
        if (limit != null && !take(limit, nowMillis)) {
            return new Admission.Throttled(limit, untilNextToken(limit));
        }
        return errors.nextDouble() < behaviour.errorRate()
                ? new Admission.Failed(behaviour.errorStatus())
                : new Admission.Served(behaviour);
    }

    private boolean take(int limit, long nowMillis) {
        double refill = Math.max(0, nowMillis - refilledAt) * limit / MILLIS_PER_MINUTE;
        tokens = Math.min(limit, tokens + refill);
        refilledAt = Math.max(refilledAt, nowMillis);
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }

    private Duration untilNextToken(int limit) {
        return Duration.ofMillis((long) Math.ceil((1 - tokens) * MILLIS_PER_MINUTE / limit));
    }
}
