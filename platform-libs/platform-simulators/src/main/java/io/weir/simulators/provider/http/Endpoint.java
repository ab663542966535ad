package io.weir.simulators.provider.http;

import io.weir.simulators.provider.behaviour.Behaviour;
import reactor.core.publisher.Mono;

/// One endpoint whose calls are faulted, limited and counted.
@FunctionalInterface
public interface Endpoint {

    /// Reads the request and makes its whole answer, which is sent after the behaviour's latency. Throws the provider's
    /// refusal of what is wrong with the request.
    Answering prepare(Call call);

    /// A call that was admitted.
    ///
    /// @param key the caller's key
    record Call(byte[] body, String key, Behaviour behaviour, Exchange exchange) {}

    /// Sends a prepared answer.
    @FunctionalInterface
    interface Answering {
        Mono<Void> send();
    }
}
