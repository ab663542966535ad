package io.weir.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Finds ports of the loopback address that nobody listens on.
public final class FreePort {

    // Below what systems take for outgoing connections.
    private static final int LASTING_FROM = 20_000;
    private static final int LASTING_UNTIL = 32_000;
    private static final Set<Integer> LASTING = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /// A port that was free a moment ago. Another process may take it before the caller does.
    public static int next() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback address", e);
        }
    }

    /// A free port that the system gives to nobody by itself, so that it is free again whenever its server is away. No
    /// port is given twice by one process: its server may not listen yet when the next one is asked for.
    public static int lasting() {
        for (int tries = 0; tries < 1_000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(LASTING_FROM, LASTING_UNTIL);
            if (!LASTING.add(port)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // the next one may not be
            }
        }
        throw new IllegalStateException("no free port from " + LASTING_FROM + " to " + LASTING_UNTIL);
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
