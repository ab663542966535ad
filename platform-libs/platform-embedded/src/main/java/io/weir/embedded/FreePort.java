package io.weir.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Finds ports of the loopback address that nobody listens on.
public final class FreePort {

    private FreePort() {}

    /// A port that was free a moment ago. Another process may take it before the caller does.
    public static int next() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback address", e);
        }
    }

    /// Not that one, which is free too as long as nobody listens on it yet.
    static int nextBut(int taken) {
        int port = next();
        while (port == taken) {
            port = next();
        }
        return port;
    }

    static int orNext(int wanted) {
        return wanted == 0 ? next() : wanted;
    }
}
