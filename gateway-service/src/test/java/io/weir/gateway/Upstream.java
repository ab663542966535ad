package io.weir.gateway;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.weir.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableChannel;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.resources.LoopResources;

/// Stands where every service stands, and keeps what it received.
final class Upstream implements AutoCloseable {

    record Received(String method, String uri, HttpHeaders headers, byte[] bytes) {

        int bodyBytes() {
            return bytes.length;
        }

        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return String.join(", ", headers.getAll(name));
        }
    }

    /// The service's side of a socket.
    record Socket(Sinks.Many<String> frames, CountDownLatch closed) {

        Socket() {
            this(Sinks.many().unicast().onBackpressureBuffer(), new CountDownLatch(1));
        }

        /// As it is; `close 4008` closes it.
        void frame(String text) {
            frames.tryEmitNext(text).orThrow();
        }
    }

    private final Map<String, Socket> sockets = new ConcurrentHashMap<>();
    private final BlockingQueue<Received> received = new LinkedTransferQueue<>();
    // Its own: a gateway that stops takes the threads with it that it shares with other servers of this process.
    private final LoopResources loops = LoopResources.create("upstream", 2, true);
    private final DisposableServer server;
    /// Frames of the running streams; each gets all of them.
    volatile Sinks.Many<String> frames = Sinks.many().replay().all();
    /// Falls when a stream or a hanging call was cancelled by the gateway.
    volatile CountDownLatch cancelled = new CountDownLatch(1);

    Upstream() {
        server = HttpServer.create()
                .runOn(loops)
                .host("127.0.0.1")
                .port(0)
                .handle(this::handle)
                .bindNow(Duration.ofSeconds(5));
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    void expectStream() {
        frames = Sinks.many().replay().all();
        cancelled = new CountDownLatch(1);
    }

    void frame(String data) {
        frames.tryEmitNext("data: " + data + "\n\n").orThrow();
    }

    /// The service's side of that socket, once it is open; gone again once it is closed.
    Socket socketOf(EdgeSocket edge) {
        Socket[] found = new Socket[1];
        Eventually.passes(Duration.ofSeconds(30), () -> found[0] = requireNonNull(sockets.get(edge.id())));
        return found[0];
    }

    /// How many sockets are open.
    int openSockets() {
        return sockets.size();
    }

    Received next() throws InterruptedException {
        Received one = received.poll(30, TimeUnit.SECONDS);
        if (one == null) {
            throw new AssertionError("nothing reached the upstream");
        }
        return one;
    }

    boolean receivedNothing() {
        return received.isEmpty();
    }

    void forget() {
        received.clear();
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(1));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(Duration.ofSeconds(2));
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        String path = request.uri().replaceFirst("\\?.*", "");
        return switch (path) {
            case "/v1/stream" -> note(request, new byte[0]).then(stream(response));
            case "/v1/pieces" -> note(request, new byte[0]).then(pieces(response, "application/json"));
            case "/ws/costs" -> note(request, new byte[0]).then(socket(request, response));
            case "/api/analytics/costs/stream" -> note(request, new byte[0]).then(stream(response));
            case "/v1/hang" ->
                note(request, new byte[0]).then(Mono.<Void>never().doOnCancel(() -> cancelled.countDown()));
            case "/v1/hangup" ->
                note(request, new byte[0])
                        .then(Mono.fromRunnable(() -> request.withConnection(DisposableChannel::dispose)));
            case "/health/checks" ->
                response.header("content-type", "application/json")
                        .sendString(Mono.just("{\"checks\":{\"postgres\":\"healthy\"}}"));
            default -> answer(request, response);
        };
    }

    // As analytics does: without an upgrade it says whether a socket would be opened.
    private Mono<Void> socket(HttpServerRequest request, HttpServerResponse response) {
        boolean refuses = request.uri().contains("resume_from=9");
        if (refuses || !request.requestHeaders().contains("upgrade")) {
            return response.status(refuses ? 400 : 426)
                    .header("content-type", "application/problem+json")
                    .sendString(Mono.just(refuses ? "{\"field\":\"resume_from\"}" : ""))
                    .then();
        }
        boolean offers = request.requestHeaders().contains("sec-websocket-protocol");
        String id = request.uri().replaceFirst(".*test-socket=", "");
        Socket socket = new Socket();
        Flux<WebSocketFrame> sent = socket.frames()
                .asFlux()
                .map(text -> text.startsWith("close ")
                        ? new CloseWebSocketFrame(Integer.parseInt(text.substring(6)), "told")
                        : new TextWebSocketFrame(text));
        return response.sendWebsocket(
                (in, out) -> {
                    sockets.put(id, socket);
                    in.withConnection(connection -> connection.onDispose(() -> {
                        sockets.remove(id);
                        socket.closed().countDown();
                    }));
                    return out.sendObject(sent, frame -> true)
                            .then(in.receiveCloseStatus().then());
                },
                offers
                        ? WebsocketServerSpec.builder()
                                .protocols("weir.costs.v1")
                                .build()
                        : WebsocketServerSpec.builder().build());
    }

    private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .flatMap(bytes -> note(request, bytes))
                .then(response.header("content-type", "application/json")
                        .header("x-request-id", "from-upstream")
                        .header("server", "secret/1.0")
                        .sendString(Mono.just("{\"ok\":true}"))
                        .then());
    }

    private Mono<Void> stream(HttpServerResponse response) {
        return pieces(response, "text/event-stream");
    }

    private Mono<Void> pieces(HttpServerResponse response, String type) {
        CountDownLatch latch = cancelled;
        Flux<ByteBuf> bytes = frames.asFlux().map(frame -> Unpooled.copiedBuffer(frame, StandardCharsets.UTF_8));
        return response.header("content-type", type)
                .withConnection(connection -> connection.onDispose(latch::countDown))
                .send(bytes, frame -> true)
                .then();
    }

    private Mono<Void> note(HttpServerRequest request, byte[] bytes) {
        return Mono.fromRunnable(() -> received.add(new Received(
                request.method().name(), request.uri(), request.requestHeaders().copy(), bytes)));
    }
}
