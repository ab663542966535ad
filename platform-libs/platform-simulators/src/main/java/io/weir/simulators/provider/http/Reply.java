package io.weir.simulators.provider.http;

import io.weir.simulators.provider.ledger.TokenCounts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/// A complete JSON answer and what it counts for.
///
/// @param tokens none for an error
public record Reply(int status, Map<String, String> headers, String json, TokenCounts tokens) {

    public Reply {
        headers = Map.copyOf(headers);
    }

    /// An error, or an answer that generates nothing.
    public static Reply uncounted(int status, Map<String, String> headers, String json) {
        return new Reply(status, headers, json, TokenCounts.NONE);
    }

    /// The same under these headers.
    public Reply with(Map<String, String> otherHeaders) {
        return new Reply(status, otherHeaders, json, tokens);
    }

    /// Sends it in one piece.
    public Mono<Void> writeTo(HttpServerResponse response) {
        response.status(status).header("content-type", "application/json");
        headers.forEach(response::header);
        return response.sendByteArray(Mono.just(json.getBytes(StandardCharsets.UTF_8)))
                .then();
    }
}
