package io.weir.simulators.provider.http;

import io.weir.simulators.provider.behaviour.Admission;
import io.weir.simulators.provider.behaviour.Provider;
import reactor.netty.http.server.HttpServerRequest;

/// What differs between providers around every call: who may call, and how a refusal is worded.
public interface ProviderRules {

    Provider provider();

    /// Returns the caller's key, or throws the provider's refusal of a request without a good one.
    String authorise(HttpServerRequest request);

    /// The refusal of a call beyond the limit per minute.
    RuntimeException throttled(Admission.Throttled throttled);

    /// An injected failure, worded as the provider words that status.
    RuntimeException injected(int status);

    /// Any failure as an answer of the provider.
    Reply refusal(Throwable failure, Exchange exchange);
}
