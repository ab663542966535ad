package io.weir.simulators.stripe.behaviour;

import java.time.InstantSource;
import java.util.SplittableRandom;

/// The behaviour in force with its running state. Safe for concurrent use. Setting a behaviour starts its sequence of
/// errors and its second afresh.
public final class Conduct {

    private static final double MILLIS_PER_SECOND = 1000;

    private final InstantSource clock;
    private StripeBehaviour behaviour = StripeBehaviour.DEFAULT;
    private SplittableRandom random = new SplittableRandom(0);

    // INVARIANT: 0 <= tokens <= rateLimitPerSecond.
    private double tokens;
    private long refilledAt;

    public Conduct(InstantSource clock) {
        this.clock = clock;
    }

    public synchronized void set(StripeBehaviour next) {
        behaviour = next;
        random = new SplittableRandom(next.seed());
        tokens = next.rateLimitPerSecond() == null ? 0 : next.rateLimitPerSecond();
        refilledAt = clock.millis();
    }

    public synchronized StripeBehaviour current() {
        return behaviour;
    }

    /// Decides about the next call.
    public synchronized Fate next() {
        Integer limit = behaviour.rateLimitPerSecond();
        if (limit != null && !take(limit)) {
            return Fate.THROTTLED;
        }
        if (random.nextDouble() < behaviour.errorRate()) {
            return Fate.FAILED;
        }
        return random.nextDouble() < behaviour.lostAnswerRate() ? Fate.ANSWER_LOST : Fate.SERVED;
    }

    private boolean take(int limit) {
        long now = clock.millis();
        tokens = Math.min(limit, tokens + Math.max(0, now - refilledAt) * limit / MILLIS_PER_SECOND);
        refilledAt = Math.max(refilledAt, now);
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }

    /// What becomes of a call.
    public enum Fate {
        SERVED,
        /// It takes effect, but the answer never arrives.
        ANSWER_LOST,
        /// 500 before it takes effect.
        FAILED,
        /// 429 before it takes effect.
        THROTTLED
    }
}
