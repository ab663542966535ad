package io.weir.local.prove.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Spreads connections over the processes of a service, as a mesh does: each goes to a process that answers, the one
/// with the fewest first. Looks at no byte of what it passes on.
final class Balancer implements AutoCloseable {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int BUFFER = 16 * 1024;

    private final ServerSocket server;
    private final List<Backend> backends;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private record Backend(int port, AtomicInteger connections) {}

    private Balancer(ServerSocket server, List<Backend> backends) {
        this.server = server;
        this.backends = backends;
    }

    static Balancer start(int port, List<Integer> backends) {
        try {
            ServerSocket server = new ServerSocket(port, 512, InetAddress.getLoopbackAddress());
            Balancer balancer = new Balancer(
                    server,
                    backends.stream()
                            .map(one -> new Backend(one, new AtomicInteger()))
                            .toList());
            Thread.ofVirtual().name("balancer-" + port).start(balancer::accept);
            return balancer;
        } catch (IOException taken) {
            throw new UncheckedIOException("port " + port, taken);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException closed) {
                // looked at above
            }
        }
    }

    private void connect(Socket client) {
        List<Backend> order = backends.stream()
                .sorted(Comparator.comparingInt(backend -> backend.connections.get()))
                .toList();
        for (Backend backend : order) {
            Socket service = new Socket();
            backend.connections.incrementAndGet();
            try {
                service.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), backend.port), CONNECT_MILLIS);
            } catch (IOException away) {
                backend.connections.decrementAndGet();
                continue;
            }
            join(client, service);
            backend.connections.decrementAndGet();
            return;
        }
        close(client);
    }

    // Until both ways have ended, or one has broken.
    private void join(Socket client, Socket service) {
        open.add(client);
        open.add(service);
        try {
            client.setTcpNoDelay(true);
            service.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> copy(service, client));
            copy(client, service);
            back.join();
        } catch (IOException broken) {
            // closed below
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            close(client);
            close(service);
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException broken) {
            // the other side is told by the closing
        }
        close(from);
        close(to);
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException ignored) {
            // it is gone
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException ignored) {
            // it is gone
        }
        open.forEach(this::close);
    }
}
