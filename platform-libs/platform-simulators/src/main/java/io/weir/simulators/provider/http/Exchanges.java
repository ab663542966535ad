package io.weir.simulators.provider.http;

import io.weir.simulators.provider.behaviour.Provider;
import io.weir.simulators.provider.ledger.ServedRequests;
import java.time.InstantSource;
import java.util.UUID;
import reactor.netty.http.server.HttpServerResponse;

/// Opens an [Exchange] for every call that the ledger counts.
public final class Exchanges {

    private final ServedRequests ledger;
    private final InstantSource clock;

    public Exchanges(ServedRequests ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /// The caller closes it, whatever becomes of the call.
    public Exchange open(Provider provider, HttpServerResponse response) {
        ledger.begin();
        return new Exchange(provider, newRequestId(), response, ledger, clock);
    }

    /// An id in the form of OpenAI's `x-request-id`.
    public static String newRequestId() {
        return "req_" + UUID.randomUUID().toString().replace("-", "");
    }
}
