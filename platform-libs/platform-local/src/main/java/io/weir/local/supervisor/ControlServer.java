package io.weir.local.supervisor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.local.process.ProcessIdentity;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/// How the `weir` command reaches the supervisor: HTTP on a loopback port, with a token that only the owner of the
/// state directory can read.
public final class ControlServer implements AutoCloseable {

    private static final int TOKEN_BYTES = 24;

    private final Supervisor supervisor;
    private final Runnable down;
    private final String token;
    private final HttpServer server;
    private final Path controlFile;

    private ControlServer(Supervisor supervisor, Runnable down, String token, HttpServer server, Path controlFile) {
        this.supervisor = supervisor;
        this.down = down;
        this.token = token;
        this.server = server;
        this.controlFile = controlFile;
    }

    /// Opens the port and writes `controlFile`. `down` is called when somebody asks for the end of everything.
    public static ControlServer open(Supervisor supervisor, Path controlFile, Runnable down) throws IOException {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(Executors.newFixedThreadPool(
                2, Thread.ofPlatform().daemon().name("control-", 0).factory()));
        ControlServer control =
                new ControlServer(supervisor, down, HexFormat.of().formatHex(token), server, controlFile);
        server.createContext("/", control::handle);
        server.start();
        control.writeControlFile();
        return control;
    }

    private void writeControlFile() throws IOException {
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid())
                .orElseThrow(() -> new IOException("cannot tell when this process started"));
        Map<String, Object> content = Map.of(
                "port", server.getAddress().getPort(), "token", token, "pid", self.pid(), "started", self.started());
        PrivateFiles.write(controlFile, JsonMapper.shared().writeValueAsString(content));
    }

    @Override
    public void close() {
        server.stop(0);
        try {
            Files.deleteIfExists(controlFile);
        } catch (IOException e) {
            // it names a process that has ended, which every reader checks
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!authorized(exchange)) {
                answer(exchange, 401, Map.of("error", "the token of control.json is missing"));
                return;
            }
            route(
                    exchange,
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath());
        }
    }

    private void route(HttpExchange exchange, String method, String path) throws IOException {
        try {
            String[] steps = path.split("/", -1);
            if (method.equals("GET") && path.equals("/status")) {
                answer(exchange, 200, supervisor.report());
            } else if (method.equals("POST") && path.equals("/down")) {
                answer(exchange, 202, Map.of());
                down.run();
            } else if (method.equals("POST") && path.equals("/start")) {
                supervisor.startAll();
                answer(exchange, 202, Map.of());
            } else if (method.equals("POST") && steps.length == 4 && steps[3].equals("stop")) {
                supervisor.stop(steps[2]);
                answer(exchange, 202, Map.of());
            } else if (method.equals("POST") && steps.length == 4 && steps[3].equals("start")) {
                supervisor.start(steps[2]);
                answer(exchange, 202, Map.of());
            } else {
                answer(exchange, 404, Map.of("error", "nothing at " + method + " " + path));
            }
        } catch (UnknownPartException e) {
            answer(exchange, 404, Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private boolean authorized(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        return given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] json = JsonMapper.shared().writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, json.length);
        exchange.getResponseBody().write(json);
    }
}
