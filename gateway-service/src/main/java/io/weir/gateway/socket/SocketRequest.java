package io.weir.gateway.socket;

import io.netty.handler.codec.http.HttpHeaders;
import io.weir.problem.PlatformException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/// What a request for a socket says about who it comes from. A browser can set no header but the
/// subprotocols, so a key or a ticket may stand there; it is taken away before anything else reads the
/// request.
sealed interface SocketRequest {

    /// The subprotocol that is agreed on.
    String PROTOCOL = "weir.costs.v1";

    /// A key, as `bearer.<key>`.
    record WithKey(String key) implements SocketRequest {}

    /// A ticket, as `ticket.<ticket>`.
    record WithTicket(String ticket) implements SocketRequest {}

    /// Neither: headers must do.
    record Plain() implements SocketRequest {}

    String HEADER = "sec-websocket-protocol";
    String BEARER = "bearer.";
    String TICKET = "ticket.";
    Set<String> SECRETS_IN_QUERY = Set.of(
            "token", "access_token", "api_key", "apikey", "x-api-key", "key", "authorization", "bearer", "ticket");
    List<String> KEYS_BEGIN = List.of("weir_live_", "weir_test_");

    /// Throws a 400 problem naming the parameter where a secret stands in the query: it would be in every log
    /// on the way.
    static void demandNoSecretInQuery(ServerHttpRequest request) {
        request.getQueryParams().forEach((spelled, values) -> {
            String name = spelled.toLowerCase(Locale.ROOT);
            if (hasKey(name)) {
                throw secretIn("query");
            }
            if (SECRETS_IN_QUERY.contains(name) || values.stream().anyMatch(SocketRequest::hasKey)) {
                throw secretIn(name);
            }
        });
    }

    private static boolean hasKey(@Nullable String text) {
        return text != null && KEYS_BEGIN.stream().anyMatch(text.toLowerCase(Locale.ROOT)::contains);
    }

    private static PlatformException secretIn(String parameter) {
        return PlatformException.invalid(
                parameter,
                "The query parameter '" + parameter
                        + "' is not taken: URLs are logged. Send the key as 'Authorization: Bearer <key>' or as the"
                        + " subprotocol 'bearer.<key>', or a ticket as 'ticket.<ticket>'; and replace what you sent.");
    }

    /// Takes key or ticket out of the request, in place. Throws a 400 problem where it is no request for a
    /// socket, or offers a secret and no protocol.
    static SocketRequest take(ServerHttpRequest request) {
        List<String> offered = offered(request);
        List<String> secrets = offered.stream().filter(SocketRequest::isSecret).toList();
        boolean ours = offered.contains(PROTOCOL);
        if (!offered.isEmpty()) {
            HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
            HttpHeaders headers = received.requestHeaders();
            headers.remove(HEADER);
            if (ours) {
                headers.set(HEADER, PROTOCOL);
            }
        }
        demandUpgrade(request);
        if (!offered.isEmpty() && !ours) {
            throw PlatformException.invalid(
                    HEADER, "Offer the subprotocol '" + PROTOCOL + "', first: 'weir.costs.v1, bearer.<key>'.");
        }
        if (secrets.size() > 1) {
            throw PlatformException.invalid(HEADER, "Offer one key or one ticket among the subprotocols, not several.");
        }
        return of(secrets.isEmpty() ? null : secrets.getFirst());
    }

    private static SocketRequest of(@Nullable String secret) {
        if (secret == null) {
            return new Plain();
        }
        return secret.startsWith(BEARER)
                ? new WithKey(secret.substring(BEARER.length()))
                : new WithTicket(secret.substring(TICKET.length()));
    }

    private static boolean isSecret(String protocol) {
        return protocol.startsWith(BEARER) || protocol.startsWith(TICKET);
    }

    private static List<String> offered(ServerHttpRequest request) {
        List<String> all = new ArrayList<>();
        for (String line : request.getHeaders().getOrDefault(HEADER, List.of())) {
            for (String one : line.split(",", -1)) {
                if (!one.isBlank()) {
                    all.add(one.strip());
                }
            }
        }
        return all;
    }

    private static void demandUpgrade(ServerHttpRequest request) {
        if (!request.getMethod().equals(HttpMethod.GET)
                || !"websocket".equalsIgnoreCase(request.getHeaders().getUpgrade())) {
            throw PlatformException.invalid(
                    "upgrade",
                    "This path is a WebSocket. Open it with one, or read the same frames as server-sent events from"
                            + " /api/analytics/costs/stream.");
        }
    }
}
