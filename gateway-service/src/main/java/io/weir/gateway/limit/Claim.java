package io.weir.gateway.limit;

import reactor.core.publisher.Mono;

/// What an instance asks the shared bucket for.
///
/// @param intervalMicros in which the bucket gains one permit
/// @param depth permits in the bucket when it is full
/// @param wanted permits, at most
/// @param spent what was admitted without asking, while the bucket could not be reached; taken out of it first. Below
/// 0:
///     what is given back
record Claim(double intervalMicros, double depth, int wanted, int spent) implements Question {

    @Override
    public Mono<Grant> to(LimitStore store, String key) {
        return store.take(key, this);
    }
}
