package io.weir.gateway.wire;

import io.weir.gateway.call.Call;
import io.weir.gateway.wire.TlsProperties.PlainHttp;
import io.weir.problem.PlatformException;

/// Whether a call may come without TLS. Where the gateway has no port for TLS every call may: something in
/// front of it is in charge.
public final class PlainHttpRule {

    private final PlainHttp allowed;

    PlainHttpRule(TlsProperties tls) {
        this.allowed = tls.port() == null ? PlainHttp.EVERYBODY : tls.plainHttp();
    }

    /// Throws a 400 [PlatformException] where it may not.
    public void demand(Call call) {
        boolean good = call.isOverTls()
                || switch (allowed) {
                    case EVERYBODY -> true;
                    case LOOPBACK -> call.clientAddress().isLoopbackAddress();
                    case NOBODY -> false;
                };
        if (!good) {
            throw PlatformException.invalid(
                    "scheme",
                    "Calls are taken over TLS alone. Use https:// and the port for it, and replace the key:"
                            + " it was sent in the open.");
        }
    }
}
