package io.weir.simulators.provider;

import io.weir.simulators.provider.anthropic.AnthropicDialect;
import io.weir.simulators.provider.behaviour.Behaviours;
import io.weir.simulators.provider.gemini.GeminiDialect;
import io.weir.simulators.provider.generation.Tokenizer;
import io.weir.simulators.provider.http.Dialect;
import io.weir.simulators.provider.http.Exchanges;
import io.weir.simulators.provider.ledger.ServedRequests;
import io.weir.simulators.provider.openai.OpenAiDialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// The model-provider simulator: a running server. Also a program of its own, see [#main].
public final class ProviderSimulator implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private static final String LOGGING = "io/weir/simulators/provider/logging.xml";

    private final DisposableServer server;

    private ProviderSimulator(DisposableServer server) {
        this.server = server;
    }

    /// Starts serving. Fails with [reactor.netty.ChannelBindException] when the port is taken.
    public static ProviderSimulator start(ProviderSimulatorOptions options) {
        InstantSource clock = InstantSource.system();
        Behaviours behaviours = new Behaviours(clock);
        ServedRequests ledger = new ServedRequests(options.ledgerCapacity());
        Exchanges exchanges = new Exchanges(ledger, clock);
        Tokenizer tokenizer = new Tokenizer();
        List<Dialect> dialects = List.of(
                new OpenAiDialect(behaviours, exchanges, tokenizer, clock),
                new AnthropicDialect(behaviours, exchanges, tokenizer),
                new GeminiDialect(behaviours, exchanges, tokenizer));
        Routing routing = new Routing(new ControlEndpoints(behaviours, ledger), dialects);
        return new ProviderSimulator(HttpServer.create()
                .bindAddress(() -> new InetSocketAddress(options.host(), options.port()))
                .handle(routing::route)
                .bindNow(START_LIMIT));
    }

    /// `--port`, `--host`, `--die-with-parent`. Prints `{"ready":true,"port":N}` on a line of its own, then serves
    /// until it is ended. Exits with 2 on a wrong argument, with 1 when it cannot listen.
    public static void main(String... arguments) throws InterruptedException {
        // Set here rather than found on the class path, where it would also change the logs of programs that embed
        // this.
        System.setProperty("logback.configurationFile", LOGGING);
        ProviderSimulatorOptions options = optionsOrExit(arguments);
        ProviderSimulator simulator = startOrExit(options);
        System.out.println("{\"ready\":true,\"port\":" + simulator.port() + "}");
        System.out.flush();
        if (options.dieWithParent()) {
            Thread.ofPlatform().daemon().name("parent-watch").start(() -> exitAtEnd(System.in));
        }
        new CountDownLatch(1).await();
    }

    public int port() {
        return server.port();
    }

    /// `http://host:port`, under which `/v1`, `/anthropic`, `/gemini`, `/_behaviour` and `/_ledger` lie.
    public String baseUrl() {
        return "http://" + server.host() + ":" + server.port();
    }

    /// The base URL for OpenAI clients, ending in `/v1`.
    public String openAiBaseUrl() {
        return baseUrl() + "/v1";
    }

    /// The base URL for Anthropic clients; `/v1/messages` lies below it.
    public String anthropicBaseUrl() {
        return baseUrl() + "/anthropic";
    }

    /// The base URL for Gemini clients; `/v1beta/models` lies below it.
    public String geminiBaseUrl() {
        return baseUrl() + "/gemini";
    }

    /// Stops at once; open connections break.
    @Override
    public void close() {
        server.disposeNow(STOP_LIMIT);
    }

    private static ProviderSimulatorOptions optionsOrExit(String... arguments) {
        try {
            return ProviderSimulatorOptions.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.println(ProviderSimulatorOptions.USAGE);
            System.exit(2);
            throw wrong;
        }
    }

    private static ProviderSimulator startOrExit(ProviderSimulatorOptions options) {
        try {
            return start(options);
        } catch (RuntimeException failure) {
            System.err.println("Cannot listen on " + options.host() + ":" + options.port() + ": " + failure.getMessage()
                    + ". Free the port or choose another with --port.");
            System.exit(1);
            throw failure;
        }
    }

    private static void exitAtEnd(InputStream parent) {
        try {
            parent.transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        } finally {
            System.exit(0);
        }
    }

    /// Sends a request to the endpoints or to the dialect that owns its path.
    private record Routing(ControlEndpoints control, List<Dialect> dialects) {

        Publisher<Void> route(HttpServerRequest request, HttpServerResponse response) {
            String path = pathOf(request.uri());
            for (Dialect dialect : dialects) {
                if (dialect.owns(path)) {
                    return dialect.answer(path, request, response);
                }
            }
            return control.answer(path, request, response);
        }

        private static String pathOf(String uri) {
            int query = uri.indexOf('?');
            return query < 0 ? uri : uri.substring(0, query);
        }
    }
}
