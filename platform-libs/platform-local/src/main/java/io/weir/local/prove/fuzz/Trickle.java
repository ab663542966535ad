package io.weir.local.prove.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Connections that send a request at a byte a second, one half of them its head and one half its body.
public final class Trickle implements AutoCloseable {

    private static final int CONNECT_MILLIS = 10_000;
    private static final int EACH_MILLIS = 1_000;
    private static final String HEAD =
            "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ";
    private static final String REST = "\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";

    private final InetSocketAddress gateway;
    private final AtomicInteger open = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();

    private Trickle(String gateway) {
        URI address = URI.create(gateway);
        this.gateway = new InetSocketAddress(address.getHost(), address.getPort());
    }

    public static Trickle start(String gateway, String key, int connections) {
        Trickle trickle = new Trickle(gateway);
        for (int i = 0; i < connections; i++) {
            boolean inBody = i % 2 == 0;
            trickle.open.incrementAndGet();
            trickle.threads.add(Thread.ofVirtual().name("trickle-" + i).start(() -> trickle.send(key, inBody)));
        }
        return trickle;
    }

    // Until the other side has closed.
    private void send(String key, boolean inBody) {
        try (Socket socket = new Socket()) {
            socket.connect(gateway, CONNECT_MILLIS);
            socket.setSoTimeout(EACH_MILLIS);
            socket.setTcpNoDelay(true);
            if (inBody) {
                socket.getOutputStream().write((HEAD + key + REST).getBytes(StandardCharsets.US_ASCII));
            }
            byte[] slowly = inBody ? "{\"model\": \"".getBytes(StandardCharsets.US_ASCII) : head(key);
            for (int i = 0; !Thread.currentThread().isInterrupted() && !closed(socket); i++) {
                socket.getOutputStream().write(inBody ? ' ' : slowly[i % slowly.length]);
            }
            if (!Thread.currentThread().isInterrupted()) {
                open.decrementAndGet();
            }
        } catch (IOException ended) {
            if (!Thread.currentThread().isInterrupted()) {
                open.decrementAndGet();
            }
        }
    }

    private static byte[] head(String key) {
        return (HEAD + key + "\r\nx-long: " + "a".repeat(10_000)).getBytes(StandardCharsets.US_ASCII);
    }

    // Waits a second for it.
    private static boolean closed(Socket socket) throws IOException {
        try {
            byte[] some = new byte[1_024];
            int read = socket.getInputStream().read(some);
            while (read > 0) {
                read = socket.getInputStream().read(some);
            }
            return true;
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }

    /// How many the gateway has not ended.
    public int open() {
        return open.get();
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
