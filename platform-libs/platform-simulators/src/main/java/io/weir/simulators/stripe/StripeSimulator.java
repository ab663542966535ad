package io.weir.simulators.stripe;

import io.netty.handler.codec.http.HttpMethod;
import io.weir.simulators.stripe.behaviour.Conduct;
import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.resource.Resources;
import io.weir.simulators.stripe.webhook.Deliveries;
import io.weir.simulators.stripe.webhook.WebhookEndpoint;
import io.weir.simulators.stripe.webhook.WebhookEndpoints;
import io.weir.simulators.stripe.webhook.Webhooks;
import io.weir.simulators.stripe.wire.IdempotencyKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Stripe simulator: a running server. Also a program of its own, see [#main].
public final class StripeSimulator implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private static final String LOGGING = "io/weir/simulators/provider/logging.xml";

    private static final List<String> FIRST_ENDPOINT_EVENTS = List.of(
            "customer.created",
            "customer.updated",
            "customer.deleted",
            "invoice.created",
            "invoice.updated",
            "invoice.deleted",
            "invoice.finalized",
            "invoice.sent",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice.payment_failed",
            "invoice.voided",
            "invoice.marked_uncollectible");

    private final DisposableServer server;
    private final Webhooks webhooks;
    private final @Nullable StateFile state;

    private StripeSimulator(DisposableServer server, Webhooks webhooks, @Nullable StateFile state) {
        this.server = server;
        this.webhooks = webhooks;
        this.state = state;
    }

    /// Starts serving. Fails with [reactor.netty.ChannelBindException] when the port is taken.
    public static StripeSimulator start(StripeSimulatorOptions options) {
        return start(options, InstantSource.system());
    }

    static StripeSimulator start(StripeSimulatorOptions options, InstantSource clock) {
        Books books = new Books(clock);
        Path stateFile = options.stateFile();
        StateFile state = stateFile == null ? null : StateFile.open(stateFile, books);
        Conduct conduct = new Conduct(clock);
        WebhookEndpoints endpoints = new WebhookEndpoints();
        Deliveries deliveries = new Deliveries();
        Webhooks webhooks = new Webhooks(clock, conduct, endpoints, deliveries, options.webhookRetry());
        Events events = new Events(books, webhooks);
        IdempotencyKeys keys = new IdempotencyKeys(clock);
        StripeSimulatorOptions.Webhook first = options.webhook();
        if (first != null) {
            endpoints.add(endpoint(first, books));
        }
        // The port is known when the server is bound; nobody calls before.
        AtomicReference<String> origin = new AtomicReference<>(origin(options.host(), options.port()));
        Routing routing = new Routing(
                new StripeCalls(
                        conduct,
                        keys,
                        new Resources(books, events, endpoints, id -> origin.get() + HostedInvoicePage.PATH + id)),
                new HostedInvoicePage(books),
                new ControlEndpoints(conduct, new StateText(books, events, keys, endpoints, deliveries)));
        DisposableServer server = HttpServer.create()
                .bindAddress(() -> new InetSocketAddress(options.host(), options.port()))
                .handle(routing::route)
                .bindNow(START_LIMIT);
        origin.set(origin(server.host(), server.port()));
        return new StripeSimulator(server, webhooks, state);
    }

    /// Takes what [StripeSimulatorOptions#USAGE] lists. Prints `{"ready":true,"port":N}` on a line of its own, then
    /// serves until it is ended. Exits with 2 on a wrong argument, with 1 when it cannot listen.
    public static void main(String... arguments) throws InterruptedException {
        // Set here rather than found on the class path, where it would also change the logs of programs that embed
        // this.
        System.setProperty("logback.configurationFile", LOGGING);
        StripeSimulatorOptions options = optionsOrExit(arguments);
        StripeSimulator simulator = startOrExit(options);
        Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "simulator-end"));
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

    /// `http://host:port`, the base URL for Stripe clients; `/v1`, `/_behaviour` and `/_state` lie below it.
    public String baseUrl() {
        return origin(server.host(), server.port());
    }

    private static String origin(String host, int port) {
        return "http://" + host + ":" + port;
    }

    /// Stops at once; open connections break, webhooks that are under way are given up.
    @Override
    public void close() {
        webhooks.close();
        server.disposeNow(STOP_LIMIT);
        if (state != null) {
            state.close();
        }
    }

    private static WebhookEndpoint endpoint(StripeSimulatorOptions.Webhook first, Books books) {
        ObjectNode fields = JsonMapper.shared().createObjectNode();
        fields.put("id", books.ids().next("we")).put("object", "webhook_endpoint");
        fields.putNull("api_version").putNull("application").put("created", books.now());
        fields.put("description", "given at start").put("livemode", false).put("status", "enabled");
        fields.put("url", first.url()).putObject("metadata");
        ArrayNode enabled = fields.putArray("enabled_events");
        FIRST_ENDPOINT_EVENTS.forEach(enabled::add);
        return new WebhookEndpoint(fields, first.secret());
    }

    private static StripeSimulatorOptions optionsOrExit(String... arguments) {
        try {
            return StripeSimulatorOptions.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.println(StripeSimulatorOptions.USAGE);
            System.exit(2);
            throw wrong;
        }
    }

    private static StripeSimulator startOrExit(StripeSimulatorOptions options) {
        try {
            return start(options);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(1);
            throw wrong;
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

    /// Stripe's own routes lie below `/v1/`.
    private record Routing(StripeCalls calls, HostedInvoicePage pages, ControlEndpoints control) {

        Publisher<Void> route(HttpServerRequest request, HttpServerResponse response) {
            String path = pathOf(request.uri());
            if (path.startsWith("/v1/") && path.length() > "/v1/".length()) {
                return calls.answer(path, request, response);
            }
            return path.startsWith(HostedInvoicePage.PATH) && HttpMethod.GET.equals(request.method())
                    ? pages.answer(path, response)
                    : control.answer(path, request, response);
        }

        private static String pathOf(String uri) {
            int query = uri.indexOf('?');
            return query < 0 ? uri : uri.substring(0, query);
        }
    }
}
