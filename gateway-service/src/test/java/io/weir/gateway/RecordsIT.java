package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.weir.gateway.Mesh.Account;
import io.weir.kafka.TenantHeader;
import io.weir.observability.TraceSampling;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What remains of a request: access record, trace, log line, meter.
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class RecordsIT {

    private static final String FOREIGN_TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static Mesh mesh;
    private static Account acme;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka()).with("weir.tracing.sampling", 1).started(Spans.class);
        acme = mesh.account("record-corp");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void answeredAndRefusedRequestsLeaveARecordEach() throws Exception {
        String answered = id(mesh.get("/v1/models", acme.key(), "x-stainless-retry-count", "2"));
        String refused = id(mesh.get("/v1/models", "junk"));
        String mismatched = id(mesh.get("/api/tenants", acme.key(), "x-tenant-slug", "else-corp"));

        Map<String, ConsumerRecord<String, byte[]>> records = recordsWith(List.of(answered, refused, mismatched));

        JsonNode served = json(records, answered);
        assertThat(served.path("data").toString())
                .contains(
                        "\"tenantId\":\"" + acme.tenant() + "\"",
                        "\"keyId\":\"" + acme.apiKey().id() + "\"",
                        "\"route\":\"inference\"",
                        "\"method\":\"GET\"",
                        "\"status\":200",
                        "\"retryCount\":2");
        assertThat(served.path("data").has("reason")).isFalse();
        ConsumerRecord<String, byte[]> record = Objects.requireNonNull(records.get(answered));
        assertThat(record.key()).isEqualTo(acme.tenant().toString());
        assertThat(TenantHeader.read(record.headers())).hasValue(acme.tenant());
        assertThat(json(records, refused).path("data").path("reason").asString())
                .isEqualTo("invalid_api_key");
        assertThat(json(records, refused).has("tenantid")).isFalse();
        assertThat(json(records, mismatched).path("data").path("keyId").asString())
                .isEqualTo(acme.apiKey().id());
        assertThat(json(records, mismatched).path("data").path("reason").asString())
                .isEqualTo("tenant_mismatch");
        records.values().forEach(one -> assertFitsItsContract(one.value()));
        assertThat(records.values().toString()).doesNotContain(acme.key());
    }

    @Test
    void aSampledCallHasOneTraceFromSpanToServiceToLogAndIgnoresTheClients(CapturedOutput output) throws Exception {
        InMemorySpanExporter exporter = mesh.gateway().getBean(InMemorySpanExporter.class);
        mesh.upstream.forget();
        String requestId =
                id(mesh.get("/v1/models", acme.key(), "traceparent", "00-" + FOREIGN_TRACE + "-b7ad6b7169203331-01"));

        String traceparent = mesh.upstream.next().header("traceparent");
        String traceId = traceparent.substring(3, 35);
        assertThat(TraceSampling.sampled(traceparent)).isTrue();
        assertThat(traceId).isNotEqualTo(FOREIGN_TRACE);
        SpanData span = Eventually.value(
                        Duration.ofSeconds(30), () -> spans(exporter, traceId), spans -> !spans.isEmpty())
                .getFirst();
        assertThat(span.getSpanId()).isEqualTo(traceparent.substring(36, 52));
        assertThat(span.getAttributes().get(AttributeKey.stringKey("tenant.id")))
                .isEqualTo(acme.tenant().toString());
        // A line is captured twice where the capture of the class was there before the logging.
        Eventually.passes(() -> assertThat(output.getOut()
                        .lines()
                        .filter(line -> line.contains(requestId))
                        .distinct())
                .singleElement()
                .asString()
                .contains(
                        "\"traceId\":\"" + traceId + "\"",
                        "\"tenantId\":\"" + acme.tenant() + "\"",
                        "\"requestId\":\"" + requestId + "\"",
                        "\"service\":\"gateway\""));
    }

    @Test
    void metersNameRoutesAndNoTenant() throws Exception {
        mesh.get("/v1/models", acme.key());
        String port = mesh.gateway().getEnvironment().getProperty("local.management.port");
        HttpResponse<String> metrics =
                mesh.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")));
        assertThat(metrics.body())
                .contains("gateway_requests_seconds_count{route=\"inference\",status=\"2xx\"")
                .contains("gateway_access_dropped_records_total 0.0")
                .doesNotContain(acme.tenant().toString(), "http_server_requests");
        assertThat(mesh.get("/metrics", acme.key()).statusCode()).isEqualTo(404);
    }

    private static List<SpanData> spans(InMemorySpanExporter exporter, String traceId) {
        mesh.gateway().getBean(SdkTracerProvider.class).forceFlush().join(5, TimeUnit.SECONDS);
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(traceId))
                .toList();
    }

    private static Map<String, ConsumerRecord<String, byte[]>> recordsWith(List<String> ids) {
        String topic = mesh.kafka.topic("access.v1");
        Map<String, ConsumerRecord<String, byte[]>> found = new ConcurrentHashMap<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", mesh.kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic).forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
            assertThat(partitions).hasSize(6);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Eventually.passes(Duration.ofSeconds(30), () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    String id = JsonMapper.shared()
                            .readTree(record.value())
                            .path("id")
                            .asString();
                    if (ids.contains(id) && found.put(id, record) != null) {
                        throw new IllegalStateException("two records of request " + id);
                    }
                });
                assertThat(found.keySet()).containsAll(ids);
            });
        }
        return found;
    }

    private static JsonNode json(Map<String, ConsumerRecord<String, byte[]>> records, String id) {
        return JsonMapper.shared()
                .readTree(Objects.requireNonNull(records.get(id)).value());
    }

    private static void assertFitsItsContract(byte[] event) {
        try (InputStream schemaText = RecordsIT.class.getResourceAsStream("/contracts/gateway/access.v1/schema.json")) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Objects.requireNonNull(schemaText), InputFormat.JSON);
            assertThat(schema.validate(new String(event, StandardCharsets.UTF_8), InputFormat.JSON))
                    .isEmpty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String id(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-request-id").orElseThrow();
    }

    @Configuration(proxyBeanMethods = false)
    static class Spans {
        @Bean
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }
    }
}
