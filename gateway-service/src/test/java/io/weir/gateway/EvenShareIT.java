package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/// Twenty instances of a service behind something that spreads connections, as a mesh does: the gateway keeps its
/// connections, so how it takes them in turns decides what each instance gets.
@SuppressWarnings("NullAway.Init")
@Timeout(180)
class EvenShareIT {

    private static final int INSTANCES = 20;
    private static final int AT_ONCE = 60;
    private static final int CALLS = 3_000;
    private static final Duration WORK = Duration.ofMillis(5);

    private static final LoopResources LOOPS = LoopResources.create("instances", 2, true);
    private static final List<DisposableServer> SERVERS = new ArrayList<>();
    private static final List<AtomicInteger> SERVED = new ArrayList<>();
    private static Front front;
    private static Mesh mesh;
    private static Account account;

    @BeforeAll
    static void start() throws Exception {
        for (int i = 0; i < INSTANCES; i++) {
            AtomicInteger served = new AtomicInteger();
            SERVED.add(served);
            SERVERS.add(HttpServer.create()
                    .runOn(LOOPS)
                    .host("127.0.0.1")
                    .port(0)
                    .handle((request, response) -> {
                        served.incrementAndGet();
                        return response.header("content-type", "application/json")
                                .sendString(Mono.just("{}").delayElement(WORK));
                    })
                    .bindNow());
        }
        front = new Front(SERVERS.stream().map(DisposableServer::port).toList());
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.services.orchestration", "http://127.0.0.1:" + front.port())
                .started();
        account = mesh.account("even-share");
        SERVED.forEach(served -> served.set(0));
    }

    @AfterAll
    static void stop() throws IOException {
        mesh.close();
        front.close();
        SERVERS.forEach(server -> server.disposeNow(Duration.ofSeconds(5)));
        LOOPS.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(Duration.ofSeconds(2));
    }

    @Test
    void twentyInstancesGetAnEvenShare() {
        Long answered = Flux.range(0, CALLS)
                .flatMap(
                        i -> Mono.fromFuture(() -> mesh.client.sendAsync(
                                        HttpRequest.newBuilder(mesh.uri("/v1/chat/completions"))
                                                .header("authorization", "Bearer " + account.key())
                                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString()))
                                .filter(answer -> answer.statusCode() == 200),
                        AT_ONCE)
                .count()
                .block(Duration.ofMinutes(2));

        List<Integer> shares = SERVED.stream().map(AtomicInteger::get).toList();
        System.out.println("calls by instance: " + shares);
        assertThat(answered).isEqualTo(CALLS);
        int even = CALLS / INSTANCES;
        assertThat(shares).as("calls by instance").allMatch(share -> share > even / 2 && share < even * 2);
    }

    /// Each connection goes to the instance that has the fewest.
    private static final class Front implements AutoCloseable {

        private record Instance(int port, AtomicInteger connections) {}

        private final ServerSocket server;
        private final List<Instance> instances;

        Front(List<Integer> ports) throws IOException {
            server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
            instances = ports.stream()
                    .map(port -> new Instance(port, new AtomicInteger()))
                    .toList();
            Thread.ofVirtual().name("front").start(this::accept);
        }

        int port() {
            return server.getLocalPort();
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    Instance instance = instances.stream()
                            .min(Comparator.comparingInt(one -> one.connections.get()))
                            .orElseThrow();
                    instance.connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> join(client, instance));
                } catch (IOException closed) {
                    // looked at above
                }
            }
        }

        private static void join(Socket client, Instance instance) {
            try (client;
                    Socket service = new Socket(InetAddress.getLoopbackAddress(), instance.port)) {
                client.setTcpNoDelay(true);
                service.setTcpNoDelay(true);
                Thread back = Thread.ofVirtual().start(() -> copy(service, client));
                copy(client, service);
                service.close();
                back.join();
            } catch (IOException broken) {
                // both are closed
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                instance.connections.decrementAndGet();
            }
        }

        private static void copy(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
                to.shutdownOutput();
            } catch (IOException broken) {
                // the other way is told by the closing
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
