package io.weir.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A Redis Cluster of three masters on the loopback address, for tests. It ends with this process, or when closed.
public final class RedisCluster implements AutoCloseable {

    private static final int NODES = 3;
    private static final int SLOTS = 16_384;
    private static final int BUS = 10_000;
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final int ANSWER_MS = 5_000;

    private final List<GuardedProcess> processes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    private RedisCluster() {}

    /// Returns when all slots are served.
    ///
    /// @param directory holds its data
    public static RedisCluster start(Path directory) {
        RedisCluster cluster = new RedisCluster();
        try {
            for (int node = 0; node < NODES; node++) {
                cluster.startNode(Files.createDirectories(directory.resolve("node-" + node)));
            }
            cluster.join();
            return cluster;
        } catch (IOException failed) {
            cluster.close();
            throw new ServerStartException("no redis cluster in " + directory, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            cluster.close();
            throw new ServerStartException("interrupted while a redis cluster starts", interrupted);
        } catch (RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    private void startNode(Path directory) throws IOException, InterruptedException {
        int port = port();
        List<String> command = new ArrayList<>(RedisServer.command(port, directory));
        command.addAll(List.of("--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"));
        processes.add(GuardedProcess.start("TERM", STOP, command));
        ports.add(port);
        if (!Poll.until(START, () -> RedisServer.answers(port))) {
            throw new ServerStartException("a redis node did not answer PING on port " + port);
        }
    }

    // Nodes talk to each other on a second port.
    private static int port() {
        for (int tries = 0; tries < 100; tries++) {
            int port = FreePort.lasting();
            try (ServerSocket bus = new ServerSocket(port + BUS, 1, InetAddress.getLoopbackAddress())) {
                return bus.getLocalPort() - BUS;
            } catch (IOException taken) {
                // the next one may not be
            }
        }
        throw new ServerStartException("no two free ports for a redis node");
    }

    private void join() throws IOException {
        for (int node = 0; node < NODES; node++) {
            String slots = IntStream.range(SLOTS * node / NODES, SLOTS * (node + 1) / NODES)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(" "));
            ask(ports.get(node), "CLUSTER ADDSLOTS " + slots);
            ask(ports.get(node), "CLUSTER MEET 127.0.0.1 " + ports.getFirst());
        }
        if (!Poll.until(START, () -> ports.stream().allMatch(RedisCluster::isWhole))) {
            throw new ServerStartException("the redis nodes on " + ports + " do not become a cluster");
        }
    }

    private static boolean isWhole(int port) {
        try {
            String info = ask(port, "CLUSTER INFO");
            return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + NODES);
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String ask(int port, String command) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MS);
            socket.setSoTimeout(ANSWER_MS);
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            String answer = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .lines()
                    .collect(Collectors.joining("\n"));
            if (answer.startsWith("-")) {
                throw new IOException("redis: " + answer);
            }
            return answer;
        }
    }

    /// `redis://host:port` of each node.
    public List<String> urls() {
        return ports.stream().map(port -> "redis://127.0.0.1:" + port).toList();
    }

    @Override
    public void close() {
        processes.forEach(GuardedProcess::close);
    }
}
