package io.weir.gateway.oidc;

import java.net.URI;
import java.util.Set;

/// Where keys may be fetched from: https, and plain http from this machine alone.
final class RemoteAddress {

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    private RemoteAddress() {}

    /// Throws [IllegalArgumentException] naming where the address stands.
    static void demandSafe(String what, URI address) {
        String host = address.getHost();
        boolean https = "https".equals(address.getScheme()) && host != null;
        boolean local = "http".equals(address.getScheme()) && host != null && LOOPBACK.contains(host);
        if (!https && !local) {
            throw new IllegalArgumentException(
                    what + ": '" + address + "' (expected: an https address; http from loopback only)");
        }
    }
}
