package io.weir.gateway.limit;

import reactor.core.publisher.Mono;

/// What an instance asks of a quota.
///
/// @param window begins and ends then, in seconds since 1970
/// @param wanted permits, at most
/// @param spent what was admitted without asking; below 0: what is given back
record Count(long limit, long window, long ends, int wanted, int spent) implements Question {

    @Override
    public Mono<Grant> to(LimitStore store, String key) {
        return store.count(key + ":" + window, this);
    }
}
