package io.weir.local.prove.fuzz;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A provider on a port of the loopback address: passes calls on to the simulator, puts the caller's canary into what
/// it answers, and spoils a share of the answers. Safe for use by many threads.
public final class Mangler implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BACKLOG = 512;
    private static final int HEXADECIMAL = 16;
    private static final Set<String> PASSED_ON = Set.of(
            "authorization", "x-api-key", "anthropic-version", "x-goog-api-key", "x-client-request-id", "accept");
    private static final List<String> TEXTS = List.of("\"content\":\"", "\"text\":\"");

    private final ServerSocket server;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final long seed;
    private final AtomicLong calls = new AtomicLong();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicLong> spoilt = new ConcurrentHashMap<>();
    private volatile String simulator = "";
    private volatile boolean spoiling = true;

    private Mangler(ServerSocket server, long seed) {
        this.server = server;
        this.seed = seed;
    }

    /// Answers nothing before [#passTo].
    public static Mangler start(long seed) throws IOException {
        Mangler mangler = new Mangler(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), seed);
        Thread.ofVirtual().name("mangler").start(mangler::accept);
        return mangler;
    }

    /// @param url of the simulator
    public void passTo(String url) {
        simulator = url;
    }

    /// From now on every answer is passed on as it should be.
    public void spoilNothing() {
        spoiling = false;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /// How many answers were spoilt in which way.
    public Map<String, AtomicLong> spoilt() {
        return spoilt;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                // looked at above
            }
        }
    }

    private void serve(Socket socket) {
        open.add(socket);
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (serveOne(in, socket.getOutputStream())) {
                // the next call of the connection
            }
        } catch (IOException | RuntimeException broken) {
            // the caller sees a provider that is gone
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private boolean serveOne(InputStream in, OutputStream socket) throws IOException, InterruptedException {
        String first = line(in);
        if (first == null) {
            return false;
        }
        String[] request = first.split(" ");
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = body(in, headers);
        HttpResponse<byte[]> answer = pass(request[0], request[1], headers, body);
        SplittableRandom random = new SplittableRandom(seed * 7_000_003 + calls.getAndIncrement());
        boolean stream = answer.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
        byte[] told = withCanary(answer.body(), Canary.in(body));
        OutputStream out = new BufferedOutputStream(socket);
        Spoiling one = new Spoiling(random, answer, told, out);
        String how = spoiling && answer.statusCode() == 200 && random.nextInt(7) < 2
                ? stream ? one.stream() : one.whole()
                : one.nothing();
        out.flush();
        spoilt.computeIfAbsent(how, absent -> new AtomicLong()).incrementAndGet();
        return how.equals(Spoiling.NOT);
    }

    private HttpResponse<byte[]> pass(String method, String target, Map<String, String> headers, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(simulator + target))
                .timeout(PATIENCE)
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .header("content-type", headers.getOrDefault("content-type", "application/json"));
        headers.forEach((name, value) -> {
            if (PASSED_ON.contains(name)) {
                request.header(name, value);
            }
        });
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    // Whatever pieces the text has: the first of them gets it.
    private static byte[] withCanary(byte[] answer, @Nullable String canary) {
        if (canary == null) {
            return answer;
        }
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        for (String member : TEXTS) {
            int at = text.indexOf(member);
            if (at >= 0) {
                int within = at + member.length();
                return (text.substring(0, within) + canary + " " + text.substring(within))
                        .getBytes(StandardCharsets.ISO_8859_1);
            }
        }
        return answer;
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if (!headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
            return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int size = size(in); size > 0; size = size(in)) {
            all.writeBytes(in.readNBytes(size));
            line(in);
        }
        line(in);
        return all.toByteArray();
    }

    private static int size(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            throw new EOFException("a body without its end");
        }
        return Integer.parseInt(line, HEXADECIMAL);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            http.shutdownNow();
        }
    }
}
