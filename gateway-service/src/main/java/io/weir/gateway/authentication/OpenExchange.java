package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/// One exchange that runs now, and its caller's right to it. Each is one of its own, however equal its caller.
final class OpenExchange {

    private static final Duration LONGEST_TIMER = Duration.ofDays(365);

    private final Caller caller;
    private final boolean expires;
    private final Function<Caller, @Nullable PlatformException> further;
    private final Function<Caller, Authentication> current;
    private final InstantSource clock;
    private final Sinks.Empty<Void> end = Sinks.empty();
    private final Disposable.Swap timer = Disposables.swap();

    /// @param expires whether the expiry of its key ends it
    /// @param further what else the caller as it stands now must fulfil; gives the reason where it does not
    OpenExchange(
            Caller caller,
            boolean expires,
            Function<Caller, @Nullable PlatformException> further,
            Function<Caller, Authentication> current,
            InstantSource clock) {
        this.caller = caller;
        this.expires = expires;
        this.further = further;
        this.current = current;
        this.clock = clock;
    }

    Caller caller() {
        return caller;
    }

    /// Fails with the reason when the right ends; never completes.
    Mono<Void> end() {
        return end.asMono();
    }

    /// Looks at the right as it stands now: ends with it, or sets the timer to its expiry. True where it holds.
    boolean check() {
        PlatformException refused = refusal();
        if (refused != null) {
            end.tryEmitError(refused);
        }
        return refused == null;
    }

    /// Stops the timer, for good.
    void close() {
        timer.dispose();
    }

    // One at a time: of two that overlap the later one sees the newer key, and its timer stays.
    private synchronized @Nullable PlatformException refusal() {
        return switch (current.apply(caller)) {
            case Authentication.Refused refused -> refused.problem();
            case Authentication.Proven(Caller now) -> {
                if (expires) {
                    expireAt(now.credential().expiresAt());
                }
                yield further.apply(now);
            }
        };
    }

    private void expireAt(@Nullable Instant at) {
        timer.update(at == null ? Disposables.disposed() : checkAfter(Duration.between(clock.instant(), at)));
    }

    // Not early: what is left is cut to whole milliseconds.
    private Disposable checkAfter(Duration left) {
        Duration wait = left.compareTo(LONGEST_TIMER) > 0 ? LONGEST_TIMER : left;
        return Schedulers.parallel().schedule(this::check, Math.max(wait.toMillis(), 0) + 1, TimeUnit.MILLISECONDS);
    }
}
