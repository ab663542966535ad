package io.weir.gateway.socket;

import io.weir.gateway.authentication.ApiKeyAuthentication;
import io.weir.gateway.authentication.Authentication;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// When answers end that would last for ever: with the caller's right to them, the expiry of its key
/// included, and when the gateway stops.
public final class LiveAnswers implements SmartLifecycle {

    private static final Duration LONGEST_TIMER = Duration.ofDays(365);

    private final OpenExchanges exchanges;
    private final ApiKeyAuthentication authentication;
    private final InstantSource clock;
    private volatile Sinks.Empty<Void> stopping = Sinks.empty();
    private volatile boolean running;

    LiveAnswers(OpenExchanges exchanges, ApiKeyAuthentication authentication, InstantSource clock) {
        this.exchanges = exchanges;
        this.authentication = authentication;
        this.clock = clock;
    }

    /// Fails with the reason when the caller's right ends; completes when the gateway stops.
    Mono<Void> end(Caller caller) {
        Mono<Void> untold = Mono.firstWithSignal(expiry(caller), stopping.asMono());
        return exchanges
                .until(caller, authentication::stillHolds, untold)
                .onErrorMap(PlatformException.class, told -> reason(caller, told));
    }

    // A right that ended before the socket was listed is told as revoked, whatever ended it.
    private PlatformException reason(Caller caller, PlatformException told) {
        return authentication.reauthenticate(caller.key().keyId()) instanceof Authentication.Refused refused
                ? refused.problem()
                : told;
    }

    /// As [#end], without the revocations that an open exchange is told of anyway.
    public Mono<Void> endOfExchange(Caller caller) {
        return Mono.firstWithSignal(expiry(caller), stopping.asMono());
    }

    private Mono<Void> expiry(Caller caller) {
        Instant at = caller.key().expiresAt();
        if (at == null) {
            return Mono.never();
        }
        Duration left = Duration.between(clock.instant(), at);
        Duration timer = left.compareTo(LONGEST_TIMER) > 0 ? LONGEST_TIMER : left;
        return Mono.delay(timer.isNegative() ? Duration.ZERO : timer)
                .then(Mono.error(() -> new PlatformException(
                        ProblemType.INVALID_API_KEY, "This API key expired while the call ran.")));
    }

    // Before the web server waits for open exchanges to end.
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1;
    }

    @Override
    public void start() {
        stopping = Sinks.empty();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        stopping.tryEmitEmpty();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
