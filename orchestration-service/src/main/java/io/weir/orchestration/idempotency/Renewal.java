package io.weir.orchestration.idempotency;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Renews a claim for as long as its request runs. One that fails is made up for by the next.
final class Renewal {

    private final Sinks.Empty<Void> stopping = Sinks.empty();
    private final Sinks.Empty<Void> stopped = Sinks.empty();

    private Renewal() {}

    static Renewal of(Claims claims, Claim claim, Duration every) {
        Renewal renewal = new Renewal();
        Flux.interval(every)
                .onBackpressureDrop()
                .takeUntilOther(renewal.stopping.asMono())
                .concatMap(tick -> claims.renew(claim).onErrorReturn(true), 1)
                .takeWhile(ours -> ours)
                .then()
                .subscribe(none -> {}, unexpected -> renewal.stopped.tryEmitEmpty(), renewal.stopped::tryEmitEmpty);
        return renewal;
    }

    /// Completes when none is on its way any more: a late one would take a key that was given back.
    Mono<Void> stop() {
        return Mono.defer(() -> {
            stopping.tryEmitEmpty();
            return stopped.asMono();
        });
    }
}
