package io.weir.loadtests;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.responseTimeInMillis;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.http.HttpProtocolBuilder;

/// One call of a tenant, and what all calls have in common.
final class Calls {

    private static final int OK = 200;

    private Calls() {}

    static HttpProtocolBuilder protocol(Traffic traffic) {
        // Connections as a fleet of clients has them, not one to a call.
        return http.baseUrl(traffic.gateway())
                .contentTypeHeader("application/json")
                .acceptHeader("application/json, text/event-stream")
                .shareConnections();
    }

    /// Streams are read to their end like any answer: their time is that of the whole.
    static ChainBuilder next(Traffic traffic, Timings timings) {
        return feed(traffic.calls())
                .exec(http("call")
                        .post("#{path}")
                        .header("authorization", "Bearer #{key}")
                        .body(StringBody("#{body}"))
                        .check(status().is(OK), responseTimeInMillis().saveAs(Timings.MILLIS)))
                .exec(timings::note);
    }
}
