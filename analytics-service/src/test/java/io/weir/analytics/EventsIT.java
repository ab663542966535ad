package io.weir.analytics;

import static io.weir.security.Scope.ANALYTICS;
import static io.weir.security.Scope.BILLING;
import static io.weir.security.Scope.INFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.RunningAnalytics.Answer;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@Tag("infra")
class EventsIT {

    private static final Duration LIMIT = RunningAnalytics.LIMIT;
    private static final String ONE = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @TempDir
    static Path directory;

    static RunningAnalytics analytics;
    static LedgerEvents ledger;

    @BeforeAll
    static void start() throws Exception {
        analytics = new RunningAnalytics(directory);
        ledger = new LedgerEvents(analytics.kafka(), 1).createTopic(analytics.kafka());
    }

    @AfterAll
    static void stop() {
        ledger.close();
        analytics.close();
    }

    @Test
    void anEventThatIsSentOftenCountsOnceAlsoOverARestart() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        TenantId other = RunningAnalytics.tenant();
        String batch = IntStream.range(0, 50)
                .mapToObj(n -> event("e-" + n, now, "0.10"))
                .collect(Collectors.joining(",", "[", "]"));
        for (int n = 0; n < 3; n++) {
            Answer answer = send(tenant, BATCH, batch);
            assertThat(answer.status()).as(answer.text()).isEqualTo(202);
            assertThat(answer.json().path("accepted").asInt()).isEqualTo(50);
        }
        // The same id of another tenant, of another source, and at another time.
        assertThat(send(other, ONE, event("e-1", now, "7")).status()).isEqualTo(202);
        assertThat(send(tenant, ONE, event("e-1", now, "1").replace("/meter/a", "/meter/b"))
                        .status())
                .isEqualTo(202);
        assertThat(send(tenant, ONE, event("e-1", now.minus(70, ChronoUnit.DAYS), "1000"))
                        .status())
                .isEqualTo(202);
        Eventually.passes(LIMIT, () -> {
            assertThat(external(tenant).path("events").asInt()).isEqualTo(51);
            assertThat(dropped(tenant)).isEqualTo(101);
        });
        assertThat(external(tenant).path("costUsd").decimalValue()).isEqualByComparingTo("6");
        assertThat(external(other).path("costUsd").decimalValue()).isEqualByComparingTo("7");

        analytics.stop();
        analytics.start();
        assertThat(send(tenant, BATCH, batch).status()).isEqualTo(202);
        assertThat(send(tenant, ONE, event("last", now, "1")).status()).isEqualTo(202);
        Eventually.passes(LIMIT, () -> {
            assertThat(external(tenant).path("events").asInt()).isEqualTo(52);
            assertThat(dropped(tenant)).isEqualTo(151);
        });
        assertThat(analytics.number("SELECT count() AS n FROM external_costs WHERE tenant_id = '" + tenant + "'"))
                .isEqualTo(52);
        assertThat(analytics
                        .get(tenant, "/api/analytics/cost-summary", ANALYTICS)
                        .json()
                        .path("summary")
                        .path("actualCostUsd")
                        .decimalValue())
                .isEqualByComparingTo("0");
        assertThat(analytics.number("SELECT count() AS n FROM sealed_hours WHERE tenant_id = '" + tenant + "'"))
                .isZero();
    }

    @Test
    void oneIdOfManySourcesIsAsManyEventsAndEachCountsOnce() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        String batch = IntStream.range(0, 1_000)
                .mapToObj(n -> event("1", now, "0.001").replace("/meter/a", "/meter/" + "a".repeat(180) + n))
                .collect(Collectors.joining(",", "[", "]"));
        for (int n = 0; n < 2; n++) {
            Answer answer = send(tenant, BATCH, batch);
            assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        }
        Eventually.passes(LIMIT, () -> {
            assertThat(external(tenant).path("events").asInt()).isEqualTo(1_000);
            assertThat(dropped(tenant)).isEqualTo(1_000);
        });
        TenantId other = RunningAnalytics.tenant();
        assertThat(send(other, ONE, event("1", now, "7")).status()).isEqualTo(202);
        Eventually.passes(
                LIMIT, () -> assertThat(external(other).path("events").asInt()).isOne());
    }

    private static long dropped(TenantId tenant) {
        return analytics.number(
                "SELECT count() AS n FROM usage_dropped WHERE reason = 'duplicate_event' AND tenant_id = '" + tenant
                        + "'");
    }

    @Test
    void anEventOlderThanTheWindowIsTakenAndSaidToBeLate() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        Instant old = now.minus(26, ChronoUnit.HOURS);
        Answer answer = send(tenant, BATCH, "[" + event("old", old, "2.5") + "," + event("new", now, "1") + "]");
        assertThat(answer.json().path("late").asInt()).isOne();
        String span = "?startDate=" + old.truncatedTo(ChronoUnit.HOURS) + "&endDate=" + now.plusSeconds(1);
        Eventually.passes(LIMIT, () -> {
            JsonNode external = analytics
                    .get(tenant, "/api/analytics/cost-summary" + span, ANALYTICS)
                    .json()
                    .path("external");
            assertThat(external.path("events").asInt()).isEqualTo(2);
            assertThat(external.path("lateEvents").asInt()).isOne();
            assertThat(external.path("lateCostUsd").decimalValue()).isEqualByComparingTo("2.5");
        });
    }

    @Test
    void ofABatchWithFaultsNothingIsTakenAndEachIsNamed() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        String batch = "[" + event("a", now, "1") + "," + event("b", now, "-1") + "," + event("c", now, "1") + ","
                + event("", now, "1") + ", 7]";
        Answer answer = send(tenant, BATCH, batch);
        assertThat(answer.status()).isEqualTo(400);
        JsonNode errors = answer.json().path("errors");
        assertThat(List.of(0, 1, 2).stream()
                        .map(n -> errors.path(n).path("field").asString()))
                .containsExactly("[1].data.amountUsd", "[3].id", "[4].specversion");
        assertThat(send(tenant, ONE, event("after", now, "1")).status()).isEqualTo(202);
        Eventually.passes(
                LIMIT, () -> assertThat(external(tenant).path("events").asInt()).isOne());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"1.0\" | \"0.3\" | specversion",
                "io.weir.cost.external.v1 | io.weir.other | type",
                "/meter/a |  | source",
                "\"e\" | 7 | id",
                "\"e\" | \"a\\u0000b\" | id",
                "\"e\" | \"a\\ud800b\" | id",
                "TIME | 2099-01-01T00:00:00Z | time",
                "TIME | 2020-01-01T00:00:00Z | time",
                "TIME | yesterday | time",
                "\"0.5\" | 0.5 | data.amountUsd",
                "\"0.5\" | \"NaN\" | data.amountUsd",
                "\"0.5\" | \"1e3\" | data.amountUsd",
                "\"0.5\" | \"0.1234567890123\" | data.amountUsd",
                "\"0.5\" | \"1000000001\" | data.amountUsd",
                "\"0.5\" | null | data.amountUsd",
                "compute | Compute! | data.category",
                "amountUsd | amount_usd | data.amount_usd",
                "{\"team\":\"a\"} | {\"team\":1} | data.tags",
                "\"specversion\" | \"tenantid\":\"00000000-0000-7000-8000-000000000001\",\"specversion\" | tenantid",
            })
    void aFaultIsNamedByItsField(String part, String instead, String field) throws Exception {
        String text = event("e", now, "0.5").replace(now.toString(), "TIME");
        String faulty = text.replace(part, instead == null ? "" : instead).replace("TIME", now.toString());
        Answer answer = send(RunningAnalytics.tenant(), ONE, faulty);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("errors").path(0).path("field").asString())
                .as(answer.text())
                .isEqualTo(field);
    }

    @Test
    void whatIsNoBatchTooLargeOrNotAllowedIsRefused() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        assertThat(send(tenant, "application/json", event("e", now, "1")).status())
                .isEqualTo(415);
        assertThat(send(tenant, BATCH, event("e", now, "1")).status()).isEqualTo(400);
        assertThat(send(tenant, BATCH, "[").status()).isEqualTo(400);
        assertThat(send(tenant, ONE, "").status()).isEqualTo(400);
        assertThat(send(tenant, BATCH, "[" + "0,".repeat(1_000) + "0]").status())
                .isEqualTo(400);
        assertThat(send(tenant, BATCH, "[\"" + "x".repeat(1_100_000) + "\"]").status())
                .isEqualTo(413);
        for (Scope scope : List.of(ANALYTICS, INFERENCE)) {
            assertThat(analytics
                            .post(tenant, "/api/events", ONE, event("e", now, "1"), scope)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(analytics
                        .post(
                                tenant,
                                "/api/events?tenantId=" + RunningAnalytics.tenant(),
                                ONE,
                                event("e", now, "1"),
                                BILLING)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void forgedRecordsAreLeftOutAndStopNothing() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        TenantId forger = RunningAnalytics.tenant();
        String topic = analytics.kafka().topic("external-costs.v1");
        String record = event("forged", now, "5")
                .replace(
                        "{\"specversion\"",
                        "{\"tenantid\":\"" + tenant + "\",\"receivedat\":\"" + now
                                + "\",\"late\":false,\"specversion\"");
        for (String value : List.of(record, "no json", "null", "{}", "{\"tenantid\":\"" + forger + "\"}")) {
            ledger.sendRaw(topic, tenant, forger, value.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(send(tenant, ONE, event("true", now, "1")).status()).isEqualTo(202);
        Eventually.passes(
                LIMIT, () -> assertThat(external(tenant).path("events").asInt()).isOne());
        assertThat(external(forger).path("events").asInt()).isZero();
    }

    private static Answer send(TenantId tenant, String type, String body) throws Exception {
        return analytics.post(tenant, "/api/events", type, body, BILLING);
    }

    private static JsonNode external(TenantId tenant) throws Exception {
        return analytics
                .get(tenant, "/api/analytics/cost-summary?startDate=2026-01-01", ANALYTICS)
                .json()
                .path("external");
    }

    private static String event(String id, Instant time, String amount) {
        return "{\"specversion\":\"1.0\",\"type\":\"io.weir.cost.external.v1\",\"source\":\"/meter/a\",\"id\":\"" + id
                + "\",\"time\":\"" + time + "\",\"data\":{\"amountUsd\":\"" + amount
                + "\",\"category\":\"compute\",\"tags\":{\"team\":\"a\"}}}";
    }
}
