package io.weir.billing.stripe;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// Says that there is something to do now, rather than at the next look. A ring that nobody hears is lost;
/// the next look comes all the same. Safe for use by many.
final class Bell {

    private static final Duration CROWDED = Duration.ofMillis(100);

    private final Sinks.Many<Boolean> rings = Sinks.many().multicast().directBestEffort();

    void ring() {
        rings.emitNext(true, Sinks.EmitFailureHandler.busyLooping(CROWDED));
    }

    Flux<Boolean> rings() {
        return rings.asFlux();
    }
}
