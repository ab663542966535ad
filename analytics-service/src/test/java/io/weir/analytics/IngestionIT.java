package io.weir.analytics;

import static io.weir.security.Scope.ANALYTICS;
import static io.weir.security.Scope.PLATFORM_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.weir.analytics.RunningAnalytics.Answer;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.UsageRecord;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

@Tag("infra")
class IngestionIT {

    private static final Duration LIMIT = RunningAnalytics.LIMIT;
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @TempDir
    static Path directory;

    static RunningAnalytics analytics;
    static LedgerEvents ledger;

    @BeforeAll
    static void serviceBeforeItsTopic() throws Exception {
        analytics = new RunningAnalytics(directory);
        // The topic comes later than its reader: orchestration may start after analytics.
        ledger = new LedgerEvents(analytics.kafka(), 3).createTopic(analytics.kafka());
    }

    @AfterAll
    static void stop() {
        ledger.close();
        analytics.close();
    }

    @Test
    void ofTwoSettlementsOfARequestTheFirstCounts() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        UsageRecord first = LedgerEvents.settled(tenant, "twice", now);
        ledger.send(first, LedgerEvents.settled(tenant, "twice", now.plusSeconds(1)), first);
        String dropped =
                "SELECT count() AS n FROM usage_dropped WHERE reason = 'duplicate_settlement' AND tenant_id = '"
                        + tenant + "'";
        Eventually.passes(LIMIT, () -> assertThat(analytics.number(dropped)).isEqualTo(2));
        // In a later chunk, too, and in another hour.
        ledger.send(LedgerEvents.settled(tenant, "twice", now.minus(2, ChronoUnit.HOURS)));
        Eventually.passes(LIMIT, () -> assertThat(analytics.number(dropped)).isEqualTo(3));
        assertThat(analytics.texts("SELECT event_id AS s FROM usage_requests WHERE tenant_id = '" + tenant + "'"))
                .containsExactly(first.id());
        assertThat(analytics.number("SELECT count() AS n FROM usage_attempts WHERE tenant_id = '" + tenant + "'"))
                .isOne();
    }

    @Test
    void malformedAndForeignRecordsGoToTheDeadLetterTopicAndStopNothing() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        TenantId other = RunningAnalytics.tenant();
        UsageRecord good = LedgerEvents.settled(tenant, "after-the-bad-ones", now);
        List<byte[]> malformed = List.of(
                "no json".getBytes(StandardCharsets.UTF_8),
                "{\"type\":\"io.weir.usage.settled.v1\",\"data\":{}}".getBytes(StandardCharsets.UTF_8),
                new String(LedgerCodec.write(good), StandardCharsets.UTF_8)
                        .replace("\"" + now + "\"", "\"1812-01-01T00:00:00Z\"")
                        .getBytes(StandardCharsets.UTF_8),
                new String(LedgerCodec.write(good), StandardCharsets.UTF_8)
                        .replace("\"provider\"", "\"elsewhere\"")
                        .getBytes(StandardCharsets.UTF_8),
                "{\"type\":\"\\ud800\"}".getBytes(StandardCharsets.UTF_8),
                new byte[] {0, (byte) 0xff, 1});
        long before = letters().size();
        for (byte[] value : malformed) {
            ledger.sendRaw(tenant, tenant, value);
        }
        ledger.sendRaw(tenant, other, LedgerCodec.write(LedgerEvents.settled(tenant, "foreign", now)));
        ledger.sendRaw(tenant, null, LedgerCodec.write(LedgerEvents.settled(tenant, "nobody", now)));
        ledger.send(good);

        Eventually.passes(
                LIMIT,
                () -> assertThat(summary(tenant)
                                .path("summary")
                                .path("totalRequests")
                                .asInt())
                        .isOne());
        Eventually.passes(LIMIT, () -> assertThat(letters()).hasSize((int) before + 8));
        List<ConsumerRecord<String, byte[]>> letters = letters();
        assertThat(letters.subList((int) before, letters.size()))
                .extracting(letter -> new String(
                        letter.headers().lastHeader("weir-dlt-reason").value(), StandardCharsets.UTF_8))
                .containsExactly(
                        "malformed",
                        "malformed",
                        "malformed",
                        "malformed",
                        "malformed",
                        "malformed",
                        "tenant_mismatch",
                        "tenant_mismatch");
        assertThat(letters.get((int) before).value()).isEqualTo(malformed.getFirst());
        assertThat(summary(other).path("summary").path("totalRequests").asInt()).isZero();
    }

    @Test
    void anHourIsSealedEarlyThenClosedThenAgainForALateEvent() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        Instant hour = now.truncatedTo(ChronoUnit.HOURS).minus(3, ChronoUnit.HOURS);
        List<UsageRecord> calls = new ArrayList<>();
        for (int n = 0; n < 30; n++) {
            calls.add(LedgerEvents.settled(tenant, "sealed-" + n, hour.plusSeconds(n)));
        }
        ledger.send(calls);
        String body = "{\"tenantId\":\"" + tenant + "\",\"hour\":\"" + hour + "\"}";
        Answer early = analytics.post(tenant, "/api/analytics/seal", body, PLATFORM_ADMIN);
        assertThat(early.status()).as(early.text()).isEqualTo(200);
        assertThat(early.json().path("rows").asInt()).isEqualTo(30);
        assertThat(early.json().path("billableCalls").asInt()).isEqualTo(30);
        assertThat(early.json().path("totals").size()).isEqualTo(2);
        JsonNode input = early.json().path("totals").get(0);
        assertThat(input.path("priceRuleId").asString()).isEqualTo("rule-in");
        assertThat(input.path("quantity").asInt()).isEqualTo(3000);
        assertThat(input.path("cost").asString()).isEqualTo("0.00045");

        // Closed by the producers' watermark, or by the wall clock when all are silent.
        String versions = "SELECT toString(version) || ' ' || if(JSONExtractBool(body, 'open'), 'open', 'closed') AS s"
                + " FROM sealed_hours FINAL WHERE published = 1 AND tenant_id = '" + tenant + "' ORDER BY version";
        ledger.tick("producer-1", Instant.now(), false);
        Eventually.passes(
                LIMIT, () -> assertThat(analytics.texts(versions).getLast()).endsWith("closed"));
        int closed = analytics.texts(versions).size();
        Answer again = analytics.post(tenant, "/api/analytics/seal", body, PLATFORM_ADMIN);
        assertThat(again.json().path("version").asInt()).isEqualTo(closed);
        assertThat(again.json().path("open").asBoolean()).isFalse();

        ledger.send(LedgerEvents.settled(tenant, "late", hour.plusSeconds(99)));
        Eventually.passes(LIMIT, () -> assertThat(analytics.texts(versions)).hasSize(closed + 1));
        Answer late = analytics.post(tenant, "/api/analytics/seal", body, PLATFORM_ADMIN);
        assertThat(late.json().path("version").asInt()).isEqualTo(closed + 1);
        assertThat(late.json().path("rows").asInt()).isEqualTo(31);
        assertThat(late.json().path("totals").get(0).path("quantity").asInt()).isEqualTo(3100);

        analytics.stop();
        analytics.start();
        Answer restarted = analytics.post(tenant, "/api/analytics/seal", body, PLATFORM_ADMIN);
        assertThat(restarted.json().path("version").asInt()).isEqualTo(closed + 1);
        assertThat(restarted.json().path("hash")).isEqualTo(late.json().path("hash"));
        assertThat(sealedRecords(tenant + "/" + hour)).hasSize(closed + 1);
    }

    @Test
    void twentyThousandEventsArriveOnceEach() throws Exception {
        List<TenantId> tenants =
                List.of(RunningAnalytics.tenant(), RunningAnalytics.tenant(), RunningAnalytics.tenant());
        List<UsageRecord> events = new ArrayList<>();
        for (int n = 0; n < 10_000; n++) {
            TenantId tenant = tenants.get(n % tenants.size());
            events.add(LedgerEvents.held(tenant, "bulk-" + n, now));
            events.add(LedgerEvents.settled(tenant, "bulk-" + n, now));
        }
        String stored = "SELECT count() AS n FROM usage_requests WHERE startsWith(request_id, 'bulk-')";
        // A backlog, so that what is measured is the reading and storing of a service that has just started.
        analytics.stop();
        ledger.send(events);
        analytics.start();
        long begun = System.nanoTime();
        Eventually.passes(LIMIT, () -> assertThat(analytics.number(stored)).isEqualTo(10_000));
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.err.printf("20,000 events: stored %.2f s after the start, %.0f events/s%n", seconds, 20_000 / seconds);
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number(
                                "SELECT count() AS n FROM usage_holds WHERE startsWith(request_id, 'bulk-')"))
                        .isEqualTo(10_000));
        assertThat(analytics.number(
                        "SELECT uniqExact(request_id) AS n FROM usage_attempts WHERE startsWith(request_id, 'bulk-')"))
                .isEqualTo(10_000);
        assertThat(analytics.texts(
                        "SELECT toString(sum(cost)) AS s FROM usage_attempts WHERE startsWith(request_id, 'bulk-')"))
                .containsExactly("0.192");
    }

    @Test
    void theTraceOfASampledCallGoesOnHereWithTenantAndRequestInTheLog() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("io.weir.analytics.metering.IngestionTrace");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            TenantId tenant = RunningAnalytics.tenant();
            String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
            ledger.sendTraced(LedgerEvents.settled(tenant, "traced", now), "00-" + trace + "-00f067aa0ba902b7-01");
            ledger.sendTraced(LedgerEvents.settled(tenant, "unsampled", now), "00-" + trace + "-00f067aa0ba902b7-00");
            ledger.send(LedgerEvents.settled(tenant, "untraced", now));
            Eventually.passes(
                    LIMIT,
                    () -> assertThat(summary(tenant)
                                    .path("summary")
                                    .path("totalRequests")
                                    .asInt())
                            .isEqualTo(3));
            Eventually.passes(LIMIT, () -> assertThat(lines.list).hasSize(1));
            assertThat(lines.list.getFirst().getMDCPropertyMap())
                    .containsEntry("traceId", trace)
                    .containsEntry("tenantId", tenant.toString())
                    .containsEntry("requestId", "traced");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void accessRecordsAreKeptWithTheirTenantAndForgedOnesAreNot() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        String topic = analytics.kafka().topic("access.v1");
        ledger.createTopic(analytics.kafka(), "access.v1");
        ledger.sendRaw(topic, tenant, tenant, access("seen", tenant.toString()));
        ledger.sendRaw(topic, tenant, RunningAnalytics.tenant(), access("forged", tenant.toString()));
        ledger.sendRaw(topic, tenant, null, "broken".getBytes(StandardCharsets.UTF_8));
        ledger.sendRaw(topic, tenant, tenant, access("seen-too", tenant.toString()));
        String rows = "SELECT request_id || ' ' || route_class || ' ' || toString(status) AS s FROM access_records"
                + " WHERE tenant_id = '" + tenant + "' ORDER BY kafka_offset";
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.texts(rows))
                        .containsExactly("seen inference 429", "seen-too inference 429"));
    }

    private byte[] access(String id, String tenant) {
        return ("{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"time\":\"" + now + "\",\"tenantid\":\"" + tenant
                        + "\",\"data\":{\"keyId\":\"k\",\"route\":\"inference\",\"method\":\"POST\",\"status\":429,"
                        + "\"latencyMs\":3,\"reason\":\"budget_exceeded\"}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode summary(TenantId tenant) throws Exception {
        Answer answer = analytics.get(tenant, "/api/analytics/cost-summary?period=month", ANALYTICS);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static List<ConsumerRecord<String, byte[]>> letters() {
        return all("usage.v1.dlt");
    }

    private static List<ConsumerRecord<String, byte[]>> sealedRecords(String key) {
        return all("sealed-hours.v1").stream()
                .filter(record -> record.key().equals(key))
                .toList();
    }

    private static List<ConsumerRecord<String, byte[]>> all(String suffix) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        TopicPartition only = new TopicPartition(analytics.kafka().topic(suffix), 0);
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", analytics.kafka().bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            long end = Objects.requireNonNull(consumer.endOffsets(List.of(only)).get(only));
            while (consumer.position(only) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
