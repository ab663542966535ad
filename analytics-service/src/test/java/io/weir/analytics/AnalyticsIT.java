package io.weir.analytics;

import static io.weir.security.Scope.ANALYTICS;
import static io.weir.security.Scope.INFERENCE;
import static io.weir.security.Scope.PLATFORM_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.RunningAnalytics.Answer;
import io.weir.ledger.UsageRecord;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Tag("infra")
class AnalyticsIT {

    private static final Duration LIMIT = RunningAnalytics.LIMIT;
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
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
    void aSettledCallShowsInSummaryRequestsAndUsageWithinFiveSeconds() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        TenantId before = RunningAnalytics.tenant();
        ledger.send(LedgerEvents.settled(before, "before", now));
        // What is measured is a call, not the start of ingestion.
        Eventually.passes(
                LIMIT,
                () -> assertThat(summary(before)
                                .path("summary")
                                .path("totalRequests")
                                .asInt())
                        .isOne());
        String id = UUID.randomUUID().toString();
        ledger.send(LedgerEvents.held(tenant, id, now), LedgerEvents.settled(tenant, id, now));
        long begun = System.nanoTime();
        Eventually.passes(
                FIVE_SECONDS,
                () -> assertThat(summary(tenant)
                                .path("summary")
                                .path("totalRequests")
                                .asInt())
                        .isOne());
        System.err.println("settled to shown: "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");

        JsonNode totals = summary(tenant).path("summary");
        assertThat(totals.path("actualCostUsd").decimalValue()).isEqualByComparingTo("0.0000192");
        assertThat(totals.path("baselineCostUsd").decimalValue()).isEqualByComparingTo("0.0000384");
        assertThat(totals.path("savingsUsd").decimalValue()).isEqualByComparingTo("0.0000192");
        assertThat(totals.path("savingsPercent").decimalValue()).isEqualByComparingTo("50");
        assertThat(analytics
                        .get(tenant, "/api/analytics/cost-summary", ANALYTICS)
                        .text())
                .doesNotContain("E-");
        JsonNode provider = summary(tenant).path("byProvider").get(0);
        assertThat(provider.path("provider").asString()).isEqualTo("openai");
        assertThat(provider.path("requests").asInt()).isOne();
        assertThat(provider.path("avgLatencyMs").asInt()).isEqualTo(20);

        JsonNode usage = analytics
                .get(tenant, "/api/v1/tenants/" + tenant + "/usage", ANALYTICS)
                .json();
        assertThat(usage.path("tenant_id").asString()).isEqualTo(tenant.toString());
        assertThat(usage.path("tokens_this_month").asInt()).isEqualTo(107);
        assertThat(usage.path("cost_this_month").decimalValue()).isEqualByComparingTo("0.0000192");

        JsonNode one = analytics
                .get(tenant, "/api/analytics/requests/" + id, ANALYTICS)
                .json();
        assertThat(one.path("request").path("costUsd").asString()).isEqualTo("0.0000192");
        assertThat(one.path("savings").get(0).path("reason").asString()).isEqualTo("routing");
        JsonNode line = one.path("attempts").get(0).path("lines").get(1);
        assertThat(line.path("ruleId").asString()).isEqualTo("rule-out");
        assertThat(line.path("costUsd").asString()).isEqualTo("0.0000042");
        assertThat(one.path("attempts").get(0).path("providerRequestId").asString())
                .isEqualTo("chatcmpl-" + id);
        assertThat(analytics.number("SELECT count() AS n FROM usage_attempts WHERE tenant_id = '" + tenant
                        + "' AND providerRequestId = 'chatcmpl-" + id + "'"))
                .isOne();
        assertThat(analytics.number("SELECT count() AS n FROM usage_holds WHERE tenant_id = '" + tenant + "'"))
                .isOne();
    }

    @Test
    void anotherTenantsRowsAreNeverSeen() throws Exception {
        TenantId owner = RunningAnalytics.tenant();
        TenantId stranger = RunningAnalytics.tenant();
        String id = UUID.randomUUID().toString();
        ledger.send(LedgerEvents.settled(owner, id, now));
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics
                                .get(owner, "/api/analytics/requests/" + id, ANALYTICS)
                                .status())
                        .isEqualTo(200));

        assertThat(analytics
                        .get(stranger, "/api/analytics/requests/" + id, ANALYTICS)
                        .status())
                .isEqualTo(404);
        assertThat(analytics
                        .get(stranger, "/api/analytics/requests", ANALYTICS)
                        .json()
                        .path("data")
                        .isEmpty())
                .isTrue();
        assertThat(analytics
                        .get(stranger, "/api/analytics/cost-summary?tenantId=" + owner, ANALYTICS)
                        .status())
                .isEqualTo(403);
        assertThat(analytics
                        .get(stranger, "/api/v1/tenants/" + owner + "/usage", ANALYTICS)
                        .status())
                .isEqualTo(403);
        assertThat(summary(stranger).path("summary").path("totalRequests").asInt())
                .isZero();
        assertThat(analytics
                        .get(stranger, "/api/analytics/requests/" + id + "'%20OR%20'1'='1", ANALYTICS)
                        .status())
                .isEqualTo(404);

        assertThat(analytics
                        .get(owner, "/api/analytics/cost-summary", INFERENCE)
                        .status())
                .isEqualTo(403);
        assertThat(analytics.getWithout("/api/analytics/cost-summary").status()).isEqualTo(401);
        Answer operator = analytics.get(stranger, "/api/analytics/cost-summary?tenantId=" + owner, PLATFORM_ADMIN);
        assertThat(operator.json().path("summary").path("totalRequests").asInt())
                .isOne();
        assertThat(analytics
                        .get(stranger, "/api/v1/tenants/" + owner + "/usage", PLATFORM_ADMIN)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void badParametersAreNamed() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        Map<String, String> bad = Map.ofEntries(
                Map.entry("cost-summary?period=year", "period"),
                Map.entry("cost-summary?startDate=yesterday", "startDate"),
                Map.entry("cost-summary?startDate=2026-02-30", "startDate"),
                Map.entry("cost-summary?startDate=%2B999999999-01-01T00:00:00Z", "startDate"),
                Map.entry("cost-summary?endDate=2026-13-01", "endDate"),
                Map.entry("cost-summary?startDate=2026-02-02&endDate=2026-02-01", "endDate"),
                Map.entry("cost-summary?tenantId=me", "tenantId"),
                Map.entry("requests?limit=0", "limit"),
                Map.entry("requests?limit=many", "limit"),
                Map.entry("requests?cursor=%00", "cursor"),
                Map.entry("requests?cursor=OTk5OTk5OTk5OTk5OTk5OTk5Ong", "cursor"),
                Map.entry("requests?from=x", "from"),
                Map.entry("requests?from=2024-02-02", "from"),
                Map.entry("requests?from=2026-02-02&to=2026-02-01", "to"));
        for (Map.Entry<String, String> one : bad.entrySet()) {
            Answer answer = analytics.get(tenant, "/api/analytics/" + one.getKey(), ANALYTICS);
            assertThat(answer.status()).as(one.getKey()).isEqualTo(400);
            assertThat(answer.json().path("param").asString()).as(one.getKey()).isEqualTo(one.getValue());
        }
        Map<String, String> badBodies = Map.of(
                "not json",
                "body",
                "[]",
                "tenantId",
                "{\"hour\":\"2026-11-22T10:00:00Z\"}",
                "tenantId",
                "{\"tenantId\":\"" + tenant + "\"}",
                "hour",
                "{\"tenantId\":\"" + tenant + "\",\"hour\":\"2026-11-22T10:30:00Z\"}",
                "hour",
                "{\"tenantId\":\"" + tenant + "\",\"hour\":\"2099-11-22T10:00:00Z\"}",
                "hour");
        for (Map.Entry<String, String> one : badBodies.entrySet()) {
            Answer answer = analytics.post(tenant, "/api/analytics/seal", one.getKey(), PLATFORM_ADMIN);
            assertThat(answer.status()).as(one.getKey()).isEqualTo(400);
            assertThat(answer.json().path("param").asString()).as(one.getKey()).isEqualTo(one.getValue());
        }
        assertThat(analytics
                        .post(tenant, "/api/analytics/seal", "{}", ANALYTICS)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void pagesFollowOneAnotherWithoutGapOrRepetition() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        List<UsageRecord> calls = new ArrayList<>();
        for (int n = 0; n < 7; n++) {
            // Three of them at the same millisecond.
            calls.add(LedgerEvents.settled(tenant, "page-" + n, now.plusMillis(Math.max(0, n - 2))));
        }
        ledger.send(calls);
        Eventually.passes(
                LIMIT,
                () -> assertThat(summary(tenant)
                                .path("summary")
                                .path("totalRequests")
                                .asInt())
                        .isEqualTo(7));
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = analytics
                    .get(tenant, "/api/analytics/requests?limit=2" + cursor, ANALYTICS)
                    .json();
            page.path("data").forEach(one -> seen.add(one.path("requestId").asString()));
            cursor = page.hasNonNull("nextCursor")
                    ? "&cursor=" + page.path("nextCursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        assertThat(seen).doesNotHaveDuplicates().hasSize(7).startsWith("page-6", "page-5", "page-4", "page-3");
    }

    @Test
    void attemptsOfAllTenantsAreReadPageByPageWithAllThatPricingThemAgainTakes() throws Exception {
        TenantId one = RunningAnalytics.tenant();
        TenantId two = RunningAnalytics.tenant();
        Instant then = Instant.parse("2026-03-04T05:06:07.890Z");
        ledger.send(
                LedgerEvents.settled(one, "priced", then),
                LedgerEvents.unpriced(one, "dreamt", then),
                LedgerEvents.breached(two, "other", then),
                LedgerEvents.settled(two, "next-hour", then.plusSeconds(3_600)));
        String span = "/api/analytics/attempts?from=2026-03-04T05:00:00Z&to=2026-03-04T06:00:00Z";
        List<JsonNode> all = new ArrayList<>();
        Eventually.passes(LIMIT, () -> {
            all.clear();
            String cursor = "";
            do {
                JsonNode page = operator(span + "&limit=1" + cursor).json();
                page.path("attempts").forEach(all::add);
                cursor = page.has("nextCursor")
                        ? "&cursor=" + page.path("nextCursor").asString()
                        : "";
            } while (!cursor.isEmpty());
            assertThat(all).hasSize(3);
        });
        assertThat(all.stream().map(row -> row.path("requestId").asString()))
                .containsExactlyInAnyOrder("priced", "dreamt", "other");
        JsonNode priced = named(all, "priced");
        assertThat(priced.path("tenantId").asString()).isEqualTo(one.toString());
        assertThat(priced.path("hour").asString()).isEqualTo("2026-03-04T05:00:00Z");
        assertThat(priced.path("cost").asString()).isEqualTo("0.0000192");
        assertThat(priced.path("priceBookId").asString()).isEqualTo("book-1");
        assertThat(priced.path("buckets").path("text_in").asLong()).isEqualTo(100);
        assertThat(priced.path("lines").path(0).path("rate").asString()).isEqualTo("0.00000015");
        assertThat(priced.has("unpriced")).isFalse();
        assertThat(priced.has("ceilingBreach")).isFalse();
        JsonNode breached = named(all, "other");
        assertThat(breached.path("cost").asString()).isEqualTo("0.00001");
        assertThat(breached.path("ceilingBreach").asString()).isEqualTo("0.0000092");
        JsonNode dreamt = named(all, "dreamt");
        assertThat(dreamt.path("serviceTier").asString()).isEqualTo("priority");
        assertThat(dreamt.path("pricedAt").asString()).isEqualTo("2026-03-04T05:06:06.890Z");
        assertThat(dreamt.path("unpriced").path("reason").asString()).isEqualTo("unknown_meter");
        assertThat(dreamt.path("unpriced").path("meters").path("dreams").asLong())
                .isEqualTo(3);
        assertThat(operator(span + "&tenantId=" + two).json().path("attempts").size())
                .isOne();
        assertThat(operator("/api/analytics/attempts?from=2026-03-04").status()).isEqualTo(400);
        assertThat(operator(span + "&cursor=x").status()).isEqualTo(400);
        assertThat(operator(span + "&limit=5001").status()).isEqualTo(400);
        assertThat(operator(span + "&tenantId=x").status()).isEqualTo(400);
        assertThat(analytics.get(one, span, ANALYTICS).status()).isEqualTo(403);
    }

    @Test
    void theForecastRestsOnWholeDaysAndSaysSoWhereTheseAreTooFew() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        JsonNode nothing = forecast(tenant);
        assertThat(nothing.has("forecast")).isFalse();
        assertThat(nothing.path("spentUsd").asString()).isEqualTo("0");
        Instant noon = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(12, ChronoUnit.HOURS);
        List<UsageRecord> days = new ArrayList<>();
        for (int day = 0; day < 5; day++) {
            days.add(LedgerEvents.settled(tenant, "f-" + day, noon.minus(day, ChronoUnit.DAYS)));
        }
        ledger.send(days);
        Eventually.passes(
                LIMIT,
                () -> assertThat(forecast(tenant).path("daysOfData").asInt()).isEqualTo(4));
        JsonNode shown = forecast(tenant);
        JsonNode range = shown.path("forecast");
        BigDecimal left = BigDecimal.valueOf(Duration.between(
                        Instant.parse(shown.path("asOf").asString()),
                        Instant.parse(shown.path("end").asString()))
                .toSeconds());
        BigDecimal expected = new BigDecimal(shown.path("spentUsd").asString())
                .add(LedgerEvents.COST
                        .value()
                        .multiply(left)
                        .divide(BigDecimal.valueOf(86_400), 12, RoundingMode.HALF_UP));
        assertThat(new BigDecimal(range.path("expectedUsd").asString()))
                .isCloseTo(expected, Offset.offset(new BigDecimal("0.00000001")));
        assertThat(new BigDecimal(range.path("lowUsd").asString()))
                .isEqualByComparingTo(new BigDecimal(range.path("highUsd").asString()));
        assertThat(analytics
                        .get(tenant, "/api/analytics/forecast?tenantId=" + RunningAnalytics.tenant(), ANALYTICS)
                        .status())
                .isEqualTo(403);
        assertThat(analytics
                        .get(tenant, "/api/analytics/forecast?month=2026-01", ANALYTICS)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void daysWithoutACallCountInTheForecastOfATenantThatCalledBefore() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        Instant noon = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(12, ChronoUnit.HOURS);
        ledger.send(
                LedgerEvents.settled(tenant, "long-ago", noon.minus(60, ChronoUnit.DAYS)),
                LedgerEvents.settled(tenant, "lately", noon.minus(1, ChronoUnit.DAYS)));
        Eventually.passes(
                LIMIT,
                () -> assertThat(forecast(tenant).path("daysOfData").asInt()).isEqualTo(14));
    }

    private static JsonNode forecast(TenantId tenant) throws Exception {
        Answer answer = analytics.get(tenant, "/api/analytics/forecast", ANALYTICS);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode named(List<JsonNode> rows, String request) {
        return rows.stream()
                .filter(row -> row.path("requestId").asString().equals(request))
                .findFirst()
                .orElseThrow();
    }

    private static RunningAnalytics.Answer operator(String path) throws Exception {
        return analytics.get(TenantId.PLATFORM, path, Scope.PLATFORM_ADMIN);
    }

    private static JsonNode summary(TenantId tenant) throws Exception {
        Answer answer = analytics.get(tenant, "/api/analytics/cost-summary?period=month", ANALYTICS);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }
}
