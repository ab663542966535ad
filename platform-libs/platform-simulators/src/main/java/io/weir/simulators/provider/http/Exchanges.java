package io.weir.simulators.provider.http;

import io.weir.simulators.provider.behaviour.Provider;
import io.weir.simulators.provider.ledger.ServedRequests;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// Opens an [Exchange] for every call that the ledger counts.
public final class Exchanges {

    private static final String CLIENT_REQUEST_ID = "x-client-request-id";

    private final ServedRequests ledger;
    private final InstantSource clock;

    public Exchanges(ServedRequests ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /// The caller closes it, whatever becomes of the call.
    public Exchange open(Provider provider, HttpServerRequest request, HttpServerResponse response) {
        ledger.begin();
        String clientRequestId =
                Objects.requireNonNullElse(request.requestHeaders().get(CLIENT_REQUEST_ID), "");
        return new Exchange(provider, newRequestId(), clientRequestId, response, ledger, clock);
    }

    /// An id in the form that OpenAI and Anthropic give their calls.
    public static String newRequestId() {
        return "req_" + UUID.randomUUID().toString().replace("-", "");
    }
}
