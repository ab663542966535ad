package io.weir.orchestration.lane;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Duration;

/// Something shared has no room for a call in time: nothing was asked of a provider.
public final class LaneFull extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final Duration LEAST = Duration.ofMillis(50);
    private static final Duration MOST = Duration.ofMinutes(1);

    private final ProblemType type;
    private final String message;
    private final transient Duration retryAfter;
    private final boolean elsewhere;

    /// @param elsewhere whether another provider may have room
    LaneFull(ProblemType type, String message, Duration retryAfter, boolean elsewhere) {
        super(message, null, false, false);
        this.type = type;
        this.message = message;
        this.elsewhere = elsewhere;
        Duration atLeast = retryAfter.compareTo(LEAST) < 0 ? LEAST : retryAfter;
        this.retryAfter = atLeast.compareTo(MOST) > 0 ? MOST : atLeast;
    }

    /// What the client is told: 429 where the tenant or its account has had its share, 503 where we
    /// are full.
    public PlatformException problem() {
        return new PlatformException(type, message);
    }

    /// When it is worth trying again.
    public Duration retryAfter() {
        return retryAfter;
    }

    /// Whether another provider may have room.
    public boolean mayFitElsewhere() {
        return elsewhere;
    }
}
