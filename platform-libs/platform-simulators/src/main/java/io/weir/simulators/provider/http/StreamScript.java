package io.weir.simulators.provider.http;

import reactor.core.publisher.Flux;

/// A streamed answer as text on the wire.
///
/// @param opening what comes before anything is generated
/// @param deltas one element for each generated token, made when it is due
/// @param closing what ends a whole answer
/// @param textIn prompt tokens
public record StreamScript(String opening, Flux<String> deltas, String closing, long textIn) {}
