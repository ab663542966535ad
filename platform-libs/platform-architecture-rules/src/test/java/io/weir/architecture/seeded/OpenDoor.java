package io.weir.architecture.seeded;

import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/// A route that anybody may call, because nobody said who may.
final class OpenDoor {

    RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .GET("/forgotten", request -> ServerResponse.ok().build())
                .build();
    }
}
