package io.weir.embedded.clickhouse;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.embedded.clickhouse.FrontRequest.Packing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jpountz.lz4.LZ4FrameOutputStream;

/// The HTTP side: who asks, what is answered, and ClickHouse's headers around it.
final class HttpFront implements AutoCloseable {

    private static final String USER = "default";
    private static final int BACKLOG = 256;
    // Native calls hold their thread, so these are platform threads; more than connections, as waiting ones hold one
    // too.
    private static final int THREADS = 32;

    private final Engine engine;
    private final StatementRunner runner;
    private final byte[] password;
    private final HttpServer server;
    private final ExecutorService threads;

    HttpFront(Engine engine, int port, String password) throws IOException {
        this.engine = engine;
        this.runner = new StatementRunner(engine);
        this.password = password.getBytes(StandardCharsets.UTF_8);
        this.threads = Executors.newFixedThreadPool(
                THREADS,
                Thread.ofPlatform().daemon().name("clickhouse-http-", 0).factory());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    int start() {
        server.start();
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(1);
        threads.shutdown();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            Map<String, String> url =
                    FrontRequestReader.parameters(exchange.getRequestURI().getRawQuery(), new LinkedHashMap<>());
            if (isPing(exchange, url)) {
                answer(exchange, 200, "text/plain; charset=UTF-8", "Ok.\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            Headers headers = exchange.getResponseHeaders();
            headers.set(
                    "X-ClickHouse-Query-Id",
                    url.getOrDefault("query_id", UUID.randomUUID().toString()));
            headers.set("X-ClickHouse-Server-Display-Name", "weir");
            headers.set("X-ClickHouse-Timezone", "UTC");
            authenticate(exchange.getRequestHeaders(), url);
            run(exchange, FrontRequestReader.read(exchange, url));
        } catch (ChdbException e) {
            refuse(exchange, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            refuse(exchange, new ChdbException(ChdbException.CANNOT_READ, "CANNOT_READ_ALL_DATA", String.valueOf(e)));
        } finally {
            exchange.close();
        }
    }

    private static boolean isPing(HttpExchange exchange, Map<String, String> url) {
        return exchange.getRequestURI().getPath().equals("/ping")
                || (exchange.getRequestMethod().equals("GET") && !url.containsKey("query"));
    }

    private void run(HttpExchange exchange, FrontRequest request) throws IOException, InterruptedException {
        long started = System.nanoTime();
        StatementRunner.Answer answer = runner.run(request);
        Headers headers = exchange.getResponseHeaders();
        headers.set("X-ClickHouse-Format", answer.format());
        headers.set("X-ClickHouse-Summary", answer.statistics().summary(System.nanoTime() - started));
        byte[] body = answer.bytes();
        if (request.answer() == Packing.CLICKHOUSE_BLOCKS) {
            body = BlockCompression.compress(body);
        } else if (request.answer() == Packing.LZ4_FRAMES && body.length > 0) {
            body = frames(body);
            headers.set("Content-Encoding", "lz4");
        }
        answer(exchange, 200, contentType(answer.format()), body);
    }

    private void authenticate(Headers headers, Map<String, String> url) {
        Credentials given = Credentials.of(headers, url);
        boolean right = given.user().equals(USER)
                && MessageDigest.isEqual(given.password().getBytes(StandardCharsets.UTF_8), password);
        if (!right) {
            throw new ChdbException(
                    ChdbException.AUTHENTICATION_FAILED,
                    "AUTHENTICATION_FAILED",
                    given.user()
                            + ": Authentication failed: password is incorrect, or there is no user with such name");
        }
    }

    private record Credentials(String user, String password) {

        static Credentials of(Headers headers, Map<String, String> url) {
            String basic = headers.getFirst("Authorization");
            if (basic != null && basic.startsWith("Basic ")) {
                return ofBasic(basic.substring("Basic ".length()));
            }
            String user = headers.getFirst("X-ClickHouse-User");
            String key = headers.getFirst("X-ClickHouse-Key");
            return user == null
                    ? new Credentials(url.getOrDefault("user", USER), url.getOrDefault("password", ""))
                    : new Credentials(user, key == null ? "" : key);
        }

        private static Credentials ofBasic(String encoded) {
            try {
                String[] parts = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).split(":", 2);
                return new Credentials(parts[0], parts.length > 1 ? parts[1] : "");
            } catch (IllegalArgumentException e) {
                return new Credentials("", "");
            }
        }
    }

    private void refuse(HttpExchange exchange, ChdbException refused) throws IOException {
        if (exchange.getResponseCode() != -1) {
            return; // the answer has begun: the client sees it break off
        }
        drain(exchange);
        exchange.getResponseHeaders().set("X-ClickHouse-Exception-Code", Integer.toString(refused.code()));
        String message = String.valueOf(refused.getMessage()).strip();
        String body = message.contains("(version ")
                ? message + "\n"
                : message + " (version " + engine.version() + " (official build))\n";
        answer(exchange, status(refused.code()), "text/plain; charset=UTF-8", body.getBytes(StandardCharsets.UTF_8));
    }

    private static void drain(HttpExchange exchange) {
        try {
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the client stopped sending
        }
    }

    /// The status that a ClickHouse server gives with an error code.
    private static int status(int code) {
        return switch (code) {
            case ChdbException.AUTHENTICATION_FAILED, 192, 193, 194 -> 401;
            case 497, 164 -> 403;
            case 46, 47, 60, 81 -> 404;
            case 6, 27, 36, 41, 43, 53, ChdbException.SYNTAX_ERROR, 72, ChdbException.UNKNOWN_SETTING, 130, 457 -> 400;
            case 159, 160 -> 408;
            case ChdbException.NOT_IMPLEMENTED -> 501;
            case ChdbException.TOO_MANY_SIMULTANEOUS_QUERIES, 241, 252 -> 503;
            default -> 500;
        };
    }

    private static String contentType(String format) {
        if (format.startsWith("JSON")) {
            return "application/json; charset=UTF-8";
        }
        return format.startsWith("RowBinary") || format.equals("Native")
                ? "application/octet-stream"
                : "text/plain; charset=UTF-8";
    }

    private static byte[] frames(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 2);
        try (LZ4FrameOutputStream out = new LZ4FrameOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
