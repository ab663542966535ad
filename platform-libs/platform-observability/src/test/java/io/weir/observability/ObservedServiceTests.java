package io.weir.observability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.Span;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.weir.observability.kafka.TraceHeaders;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// A small service that has nothing but this library.
@ExtendWith(OutputCaptureExtension.class)
class ObservedServiceTests {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SAMPLED = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final String TENANT = "0190a0b0-0000-7000-8000-00000000abcd";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ConfigurableApplicationContext SERVICE = start();

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Service.class)
                .properties("server.port=0", "server.address=127.0.0.1", "spring.application.name=sample")
                .run(arguments);
    }

    @BeforeEach
    void forgetSpans() {
        SERVICE.getBean(Draining.class).start();
        exporter().reset();
        SERVICE.getBean(Opened.class).open.set(true);
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        SERVICE.close();
    }

    @Test
    void aSampledCallersTraceReachesSpansLogsAndRecords(CapturedOutput output) throws Exception {
        Map<String, String> seen = get("/work", SAMPLED);

        assertThat(seen.get("traceId")).isEqualTo(TRACE);
        assertThat(seen.get("requestId")).isEqualTo("req-7");
        assertThat(seen.get("tenantId")).isEqualTo(TENANT);
        assertThat(seen.get("record")).startsWith("00-" + TRACE).endsWith("-01");
        assertThat(seen.get("recordBaggage")).isEqualTo("tenant.id=" + TENANT);
        SpanData span = finishedSpan();
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getAttributes().get(AttributeKey.stringKey("tenant.id")))
                .isEqualTo(TENANT);
        assertThat(output.getOut().lines().filter(line -> line.contains("working")))
                .singleElement()
                .asString()
                .startsWith("{")
                .contains(
                        "\"traceId\":\"" + TRACE + "\"",
                        "\"spanId\":",
                        "\"requestId\":\"req-7\"",
                        "\"tenantId\":\"" + TENANT + "\"",
                        "\"service\":\"sample\"");
    }

    @Test
    void anUnsampledRequestMakesNoSpanAndNoHeaderButKeepsItsRequestId() throws Exception {
        Map<String, String> seen = get("/work", null);

        assertThat(seen).doesNotContainKey("traceId").doesNotContainKey("record");
        assertThat(seen.get("requestId")).isEqualTo("req-7");
        assertThat(flushed()).isEmpty();
    }

    @Test
    void aConsumerContinuesTheTraceThatTheRecordCarries() throws Exception {
        TraceHeaders headers = SERVICE.getBean(TraceHeaders.class);
        Headers record = new RecordHeaders()
                .add("traceparent", SAMPLED.getBytes(UTF_8))
                .add("tenant-id", TENANT.getBytes(UTF_8));

        Optional<Span> span = headers.continueFrom(record, "usage receive");
        span.orElseThrow().end();

        assertThat(finishedSpan().getTraceId()).isEqualTo(TRACE);
        assertThat(finishedSpan().getName()).isEqualTo("usage receive");
        assertThat(finishedSpan().getAttributes().get(AttributeKey.stringKey("tenant.id")))
                .isEqualTo(TENANT);
        assertThat(headers.continueFrom(new RecordHeaders(), "x")).isEmpty();
        assertThat(headers.continueFrom(new RecordHeaders().add("traceparent", "junk".getBytes(UTF_8)), "x"))
                .isEmpty();
    }

    @Test
    void readyNamesWhatItWaitsForAndFailsWhenDraining() throws Exception {
        assertThat(status("/ready")).isEqualTo(200);
        SERVICE.getBean(Opened.class).open.set(false);
        HttpResponse<String> waiting = send("/ready", null);
        assertThat(waiting.statusCode()).isEqualTo(503);
        assertThat(waiting.body()).contains("\"waitingFor\":[\"opened\"]");
        SERVICE.getBean(Opened.class).open.set(true);
        SERVICE.getBean(Draining.class).stop();
        assertThat(send("/ready", null).body()).contains("draining");
        assertThat(status("/health")).isEqualTo(200);
        assertThat(send("/health/checks", null).body()).isEqualTo("{\"checks\":{}}");
    }

    @Test
    void metricsStandOnTheManagementPortOnlyAndCountNoSampledRequests() throws Exception {
        get("/work", SAMPLED);
        assertThat(finishedSpan().getTraceId()).isEqualTo(TRACE);
        String management = SERVICE.getEnvironment().getProperty("local.management.port");
        HttpRequest scrape = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/metrics"))
                .build();
        assertThat(CLIENT.send(scrape, HttpResponse.BodyHandlers.ofString()).body())
                .contains("jvm_memory_used_bytes")
                .doesNotContain("http_server_requests");
        assertThat(status("/metrics")).isEqualTo(404);
    }

    // The span of a request ends a moment after its answer has arrived.
    private SpanData finishedSpan() {
        return Eventually.value(Duration.ofSeconds(5), this::flushed, spans -> spans.size() == 1)
                .getFirst();
    }

    private List<SpanData> flushed() {
        SERVICE.getBean(SdkTracerProvider.class).forceFlush().join(5, TimeUnit.SECONDS);
        return exporter().getFinishedSpanItems();
    }

    private InMemorySpanExporter exporter() {
        return SERVICE.getBean(InMemorySpanExporter.class);
    }

    private Map<String, String> get(String path, @Nullable String traceparent)
            throws IOException, InterruptedException {
        String body = send(path, traceparent).body();
        return JsonMapper.shared().readValue(body, new TypeReference<Map<String, String>>() {});
    }

    private int status(String path) throws IOException, InterruptedException {
        return send(path, null).statusCode();
    }

    private HttpResponse<String> send(String path, @Nullable String traceparent)
            throws IOException, InterruptedException {
        String port = SERVICE.getEnvironment().getProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("x-request-id", "req-7")
                .header("baggage", "tenant.id=" + TENANT);
        if (traceparent != null) {
            request.header("traceparent", traceparent);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static final class Opened implements ReadinessCondition {
        final AtomicBoolean open = new AtomicBoolean(true);

        @Override
        public String name() {
            return "opened";
        }

        @Override
        public boolean isReady() {
            return open.get();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {

        private static final Logger LOG = LoggerFactory.getLogger(Service.class);

        @Bean
        Opened opened() {
            return new Opened();
        }

        @Bean
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }

        // Stands where the passport filter does.
        @Bean
        WebFilter tenant() {
            return new ProvenTenant();
        }

        @Bean
        RouterFunction<ServerResponse> work(TraceHeaders headers) {
            return RouterFunctions.route()
                    .GET("/work", request -> work(request, headers))
                    .build();
        }

        // Hops to another thread, as real work does.
        private static Mono<ServerResponse> work(ServerRequest request, TraceHeaders headers) {
            return Mono.just(request)
                    .publishOn(Schedulers.parallel())
                    .map(one -> {
                        LOG.info("working");
                        Map<String, String> seen = new HashMap<>();
                        Optional.ofNullable(MDC.getCopyOfContextMap()).ifPresent(seen::putAll);
                        Headers record = new RecordHeaders();
                        headers.inject(TracedRequest.sampled(request.exchange()), TENANT, record);
                        record.forEach(header -> seen.put(
                                header.key().equals("traceparent") ? "record" : "recordBaggage",
                                new String(header.value(), UTF_8)));
                        return seen;
                    })
                    .flatMap(ServerResponse.ok()::bodyValue);
        }
    }

    private static final class ProvenTenant implements WebFilter, Ordered {
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE + 100;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            if (exchange.getRequest().getPath().value().equals("/metrics")) {
                return Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND));
            }
            TenantContext tenant = new TenantContext(TenantId.of(TENANT), "growth", Placement.POOL, "local");
            return chain.filter(exchange).contextWrite(TenantScope.entering(tenant));
        }
    }
}
