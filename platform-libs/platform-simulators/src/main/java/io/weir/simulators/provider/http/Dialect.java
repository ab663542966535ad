package io.weir.simulators.provider.http;

import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// A provider's wire form: the paths it answers and how. The first dialect that owns a path answers it.
public interface Dialect {

    /// Whether this dialect answers the path.
    ///
    /// @param path the path of the request, without its query
    boolean owns(String path);

    /// Answers one request, errors included, in the provider's own form.
    Publisher<Void> answer(String path, HttpServerRequest request, HttpServerResponse response);
}
