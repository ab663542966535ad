package io.weir.gateway.limit;

import reactor.core.publisher.Mono;

/// What the instances of the gateway share. Every answer comes within the time that was set, or fails.
interface LimitStore {

    /// Takes permits out of the bucket under that key.
    Mono<Grant> take(String key, Claim claim);

    /// Takes permits of a quota, counted under that key.
    Mono<Grant> count(String key, Count count);

    /// Keeps so many of a limit's slots for an instance, in place of those that it has; gives how many it has now. What
    /// an instance does not ask for again is free within seconds.
    ///
    /// @param limit slots of all instances together
    Mono<Held> hold(String key, String instance, int limit, int wanted);

    /// Says that an instance is there; gives how many are.
    Mono<Integer> present(String instance);

    /// Says that an instance is gone.
    Mono<Void> leave(String instance);
}
