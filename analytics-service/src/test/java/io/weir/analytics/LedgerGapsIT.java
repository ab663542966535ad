package io.weir.analytics;

import static io.weir.security.Scope.PLATFORM_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.LedgerCodec;
import io.weir.ledger.UsageRecord;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Numbers that are missing are a named loss, not a smaller sum.
@Tag("infra")
class LedgerGapsIT {

    private static final Duration LIMIT = RunningAnalytics.LIMIT;
    private final TenantId tenant = RunningAnalytics.tenant();
    private final String producer = Infrastructure.freshName("gappy");
    private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(3, ChronoUnit.HOURS);

    @TempDir
    static Path directory;

    private static RunningAnalytics analytics;
    private static LedgerEvents ledger;

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

    private void send(long number) throws Exception {
        ledger.send(numbered(number));
    }

    private UsageRecord numbered(long number) {
        return LedgerEvents.numbered(
                LedgerEvents.settled(tenant, "call-" + number, hour.plusSeconds(number)), producer, number);
    }

    private JsonNode health() throws Exception {
        return analytics.getWithout("/health/checks").json();
    }

    private String gapHealth() throws Exception {
        return health().path("checks").path("ledger-gaps").asString();
    }

    private String lastVersion(Instant of) {
        return analytics
                .texts("SELECT if(count() = 0, 'none', argMax(if(JSONExtractBool(body, 'open'), 'open', 'closed')"
                        + " || ' ' || toString(requests), version)) AS s FROM sealed_hours FINAL"
                        + " WHERE published = 1 AND tenant_id = '" + tenant + "' AND toUnixTimestamp(hour) = "
                        + of.getEpochSecond())
                .getFirst();
    }

    @Test
    void anHourWaitsForWhatIsMissingAlsoOverARestartAndClosesWhenItCame() throws Exception {
        send(0);
        send(3);
        Eventually.passes(
                LIMIT,
                () -> assertThat(gapHealth())
                        .isEqualTo("unhealthy: 2 ledger events are missing, in 1 gap; the first:"
                                + " events 1 to 2 of producer " + producer + ", epoch 1, in partition 0"));
        assertThat(health().path("details").path("ingestion-usage.v1").asString())
                .matches("lag \\d+ records, oldest unprocessed \\d+\\.\\d s");
        analytics.stop();
        analytics.start();
        Eventually.passes(LIMIT, () -> assertThat(gapHealth()).contains("events 1 to 2"));
        // What happened before it closes, long after its producer is dead; its own hour does not.
        Instant before = hour.minus(2, ChronoUnit.HOURS);
        ledger.send(LedgerEvents.numbered(LedgerEvents.settled(tenant, "early", before), producer, 4));
        Eventually.passes(LIMIT, () -> assertThat(lastVersion(before)).isEqualTo("closed 1"));
        String body = "{\"tenantId\":\"" + tenant + "\",\"hour\":\"" + hour + "\"}";
        assertThat(analytics
                        .post(tenant, "/api/analytics/seal", body, PLATFORM_ADMIN)
                        .json()
                        .path("open")
                        .asBoolean())
                .isTrue();
        send(2);
        Eventually.passes(LIMIT, () -> assertThat(gapHealth()).contains("events 1 to 1"));
        send(1);
        Eventually.passes(LIMIT, () -> assertThat(gapHealth()).isEqualTo("healthy"));
        Eventually.passes(LIMIT, () -> assertThat(lastVersion(hour)).isEqualTo("closed 4"));
    }

    @Test
    void aGapThatAnOperatorAcceptsHoldsNothingBack() throws Exception {
        send(0);
        send(2);
        Eventually.passes(LIMIT, () -> assertThat(gapHealth()).contains("events 1 to 1"));
        JsonNode gaps = analytics
                .get(tenant, "/api/analytics/gaps", PLATFORM_ADMIN)
                .json()
                .path("gaps");
        assertThat(gaps.size()).isOne();
        assertThat(gaps.get(0).path("since").asString()).isEqualTo(hour.toString());
        String bad = gaps.get(0).toString().replace("\"from\":1", "\"from\":2");
        assertThat(analytics
                        .post(tenant, "/api/analytics/gaps/accept", bad, PLATFORM_ADMIN)
                        .json()
                        .path("param")
                        .asString())
                .isEqualTo("to");
        assertThat(analytics
                        .post(tenant, "/api/analytics/gaps/accept", "{}", PLATFORM_ADMIN)
                        .json()
                        .path("param")
                        .asString())
                .isEqualTo("log");
        assertThat(analytics
                        .post(tenant, "/api/analytics/gaps/accept", gaps.get(0).toString(), PLATFORM_ADMIN)
                        .status())
                .isEqualTo(202);
        // Nobody writes to the partition any more.
        Eventually.passes(LIMIT, () -> assertThat(gapHealth()).isEqualTo("healthy"));
        Eventually.passes(LIMIT, () -> assertThat(lastVersion(hour)).isEqualTo("closed 2"));
    }

    @Test
    void aRefusedRecordIsQuarantinedNotMissingAndCanBeReplayed() throws Exception {
        send(0);
        byte[] unknown = new String(LedgerCodec.write(numbered(1)), StandardCharsets.UTF_8)
                .replace("usage.settled.v1", "usage.settled.v9")
                .getBytes(StandardCharsets.UTF_8);
        ledger.sendRaw(tenant, tenant, unknown);
        send(2);
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number(
                                "SELECT count() AS n FROM usage_requests WHERE tenant_id = '" + tenant + "'"))
                        .isEqualTo(2));
        assertThat(gapHealth()).isEqualTo("healthy");
        Eventually.passes(LIMIT, () -> assertReplay("{\"letters\":1,\"replayed\":0,\"before\":0,\"refused\":1}"));

        // As it would be kept had an earlier version refused what this one knows.
        ledger.sendLetter(
                analytics.kafka().topic("usage.v1.dlt"), tenant, LedgerCodec.write(numbered(3)), "usage.v1/0/77");
        Eventually.passes(LIMIT, () -> assertReplay("{\"letters\":2,\"replayed\":1,\"before\":0,\"refused\":1}"));
        assertReplay("{\"letters\":2,\"replayed\":0,\"before\":1,\"refused\":1}");
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number(
                                "SELECT count() AS n FROM usage_requests WHERE request_id = 'call-3' AND tenant_id = '"
                                        + tenant + "'"))
                        .isOne());
    }

    private void assertReplay(String expected) throws Exception {
        assertThat(analytics
                        .post(tenant, "/api/analytics/dead-letters/replay", "", PLATFORM_ADMIN)
                        .text())
                .isEqualTo(expected);
    }
}
