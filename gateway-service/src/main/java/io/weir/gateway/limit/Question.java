package io.weir.gateway.limit;

import reactor.core.publisher.Mono;

/// What an instance asks of what is shared.
interface Question {

    /// @param key of the limit
    Mono<Grant> to(LimitStore store, String key);
}
