package io.weir.orchestration.lane;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What one lane has to give: requests and tokens a minute, and calls at the same time. Not safe for
/// use by several threads.
final class Gate {

    /// Only what somebody gives back can help.
    static final long NOT_BY_TIME = Long.MAX_VALUE;

    // What providers that count by the second take at once of a limit that is told by the minute.
    private static final double SECONDS_AT_ONCE = 1;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double OF_THE_LAST = 0.05;

    private final @Nullable AdaptiveLimit slots;
    private Limits limits = Limits.NONE;
    private @Nullable Bucket requests;
    private @Nullable Bucket tokens;
    private int running;
    private long pausedUntil;
    private boolean paused;
    // How long a slot is taken for each token.
    private double nanosPerToken = TimeUnit.MILLISECONDS.toNanos(10);

    /// @param slots null: any number of calls at the same time
    Gate(@Nullable AdaptiveLimit slots) {
        this.slots = slots;
    }

    /// From now on. What was left of the old limits is kept.
    void limit(Limits now, long at) {
        if (!now.equals(limits)) {
            limits = now;
            requests = bucket(requests, now.requestsPerMinute(), at);
            tokens = bucket(tokens, now.tokensPerMinute(), at);
        }
    }

    private static @Nullable Bucket bucket(@Nullable Bucket before, @Nullable Double perMinute, long at) {
        if (perMinute == null) {
            return null;
        }
        Bucket now = new Bucket(perMinute, Math.max(1, perMinute * SECONDS_AT_ONCE / SECONDS_PER_MINUTE), at);
        if (before != null) {
            now.startAt(before.level(at));
        }
        return now;
    }

    Limits limits() {
        return limits;
    }

    /// Takes what a call needs, or nothing: then nanoseconds until that may work, or [#NOT_BY_TIME].
    long take(long tokensWanted, long now) {
        if (slots != null && running >= slots.limit()) {
            return NOT_BY_TIME;
        }
        long wait = wait(tokensWanted, now);
        if (wait == 0) {
            spend(1, tokensWanted);
            running++;
        }
        return wait;
    }

    private long wait(long tokensWanted, long now) {
        long wait = pause(now);
        if (requests != null) {
            wait = Math.max(wait, requests.until(1, now));
        }
        return tokens == null ? wait : Math.max(wait, tokens.until((double) tokensWanted, now));
    }

    /// Nanoseconds for which nothing is asked of the provider.
    long pause(long now) {
        if (!paused) {
            return 0;
        }
        long left = pausedUntil - now;
        paused = left > 0;
        return Math.max(0, left);
    }

    void pauseUntil(long until) {
        if (!paused || until - pausedUntil > 0) {
            paused = true;
            pausedUntil = until;
        }
    }

    /// Spent, whether or not it is there; negative: given back.
    void spend(int requestsMore, long tokensMore) {
        if (requests != null) {
            requests.take(requestsMore);
        }
        if (tokens != null) {
            tokens.take((double) tokensMore);
        }
    }

    /// The provider says that no more is left.
    void atMost(@Nullable Double requestsLeft, @Nullable Double tokensLeft, long now) {
        if (requests != null && requestsLeft != null) {
            requests.atMost(requestsLeft, now);
        }
        if (tokens != null && tokensLeft != null) {
            tokens.atMost(tokensLeft, now);
        }
    }

    /// A call has ended that held a slot.
    ///
    /// @param nanos for so long; 0: it says nothing
    void giveBack(long tokensTaken, long nanos) {
        running--;
        if (nanos > 0) {
            nanosPerToken += OF_THE_LAST * (nanos / (double) Math.max(1, tokensTaken) - nanosPerToken);
        }
    }

    int running() {
        return running;
    }

    /// Whether the provider's limits, and not its slots, are what there is too little of.
    boolean isShortOfRate(long tokensWanted, long now) {
        return wait(tokensWanted, now) > 0;
    }

    /// What serving it costs the lane: nanoseconds of the limit that it uses more of; without limits
    /// nanoseconds of a slot.
    double cost(long tokensWanted) {
        double cost = requests == null ? 0 : requests.nanos(1);
        cost = tokens == null ? cost : Math.max(cost, tokens.nanos((double) tokensWanted));
        return Math.max(1, cost > 0 || slots == null ? cost : tokensWanted * nanosPerToken / slots.limit());
    }
}
