package io.weir.analytics;

import static io.weir.security.Scope.ANALYTICS;
import static io.weir.security.Scope.INFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.RunningAnalytics.Answer;
import io.weir.ledger.Attempt;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageRecord;
import io.weir.money.Meter;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// One mix of calls, asked in many ways, against the same sums made here.
@Tag("infra")
class ExplorerIT {

    private static final Duration LIMIT = RunningAnalytics.LIMIT;
    private static final int CALLS = 400;
    private static final Instant FROM = Instant.parse("2026-03-29T00:00:00Z");
    private static final String SPAN = "from=2026-03-29T00:00:00Z&to=2026-03-31T23:59:59Z";
    private static final TenantId TENANT = RunningAnalytics.tenant();
    private static final TenantId STRANGER = RunningAnalytics.tenant();

    @TempDir
    static Path directory;

    static RunningAnalytics analytics;
    static LedgerEvents ledger;
    static List<UsageRecord> calls;

    @BeforeAll
    static void aMixOfCalls() throws Exception {
        analytics = new RunningAnalytics(directory);
        ledger = new LedgerEvents(analytics.kafka(), 3).createTopic(analytics.kafka());
        calls = new UsageMix(42, TENANT).calls(CALLS, FROM, Duration.ofDays(3).toMillis());
        ledger.send(calls);
        ledger.send(
                new UsageMix(43, STRANGER).calls(50, FROM, Duration.ofDays(3).toMillis()));
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number("SELECT count() AS n FROM usage_requests"))
                        .isEqualTo(CALLS + 50));
    }

    @AfterAll
    static void stop() {
        ledger.close();
        analytics.close();
    }

    @Test
    void groupsAndWhatTheyLeaveOverAddUpToTheTotalWhichIsTheSummarys() throws Exception {
        JsonNode summary = analytics
                .get(
                        TENANT,
                        "/api/analytics/cost-summary?startDate=2026-03-29T00:00:00Z&endDate=2026-03-31T23:59:59Z",
                        ANALYTICS)
                .json()
                .path("summary");
        Map<String, BigDecimal> totals = Map.of(
                "cost", summary.path("actualCostUsd").decimalValue(),
                "baseline", summary.path("baselineCostUsd").decimalValue(),
                "savings", summary.path("savingsUsd").decimalValue(),
                "requests", summary.path("totalRequests").decimalValue(),
                "errors",
                        BigDecimal.valueOf(calls.stream()
                                .filter(call ->
                                        settled(call).outcome().wireName().equals("failed"))
                                .count()),
                "tokens", tokens(meter -> true),
                "tokens.in", tokens(Meter::isInput),
                "tokens.out", tokens(Meter::isOutput),
                "tokens.text_in_cached", tokens(meter -> meter == Meter.TEXT_IN_CACHED));
        assertThat(totals.get("requests")).isEqualByComparingTo("" + CALLS);
        List<String> groups = List.of("provider", "model", "key", "outcome", "routeReason", "tag:team", "none");
        List<String> rollups = List.of("none", "hour", "day");
        int turn = 0;
        for (Map.Entry<String, BigDecimal> expected : totals.entrySet()) {
            for (int n = 0; n < 3; n++) {
                String group = groups.get(turn % groups.size());
                String rollup = rollups.get(turn++ % rollups.size());
                JsonNode answer =
                        explore("metric=" + expected.getKey() + "&groupBy=" + group + "&rollup=" + rollup + "&top=2");
                assertThat(decimal(answer, "total"))
                        .as("%s by %s", expected.getKey(), group)
                        .isEqualByComparingTo(expected.getValue());
                assertAddsUp(answer, group, rollup);
            }
        }
    }

    private static void assertAddsUp(JsonNode answer, String group, String rollup) {
        BigDecimal total = decimal(answer, "total");
        if (!group.equals("none")) {
            assertThat(answer.path("groups").size()).isLessThanOrEqualTo(2);
            BigDecimal sum = decimal(answer.path("other"), "value");
            for (JsonNode one : answer.path("groups")) {
                sum = sum.add(decimal(one, "value"));
                assertThat(rollup.equals("none") ? decimal(one, "value") : sum(one.path("points")))
                        .isEqualByComparingTo(decimal(one, "value"));
            }
            assertThat(sum).isEqualByComparingTo(total);
        }
        assertThat(rollup.equals("none") ? total : sum(answer.path("points"))).isEqualByComparingTo(total);
    }

    @Test
    void costByProviderIsThatOfItsAttemptsAlsoOfThoseThatWereLeftForAnother() throws Exception {
        Map<String, BigDecimal> expected = costs(Attempt::provider);
        assertThat(values(explore("groupBy=provider"))).isEqualTo(expected);
        JsonNode byProvider = analytics
                .get(
                        TENANT,
                        "/api/analytics/cost-summary?startDate=2026-03-29T00:00:00Z&endDate=2026-03-31T23:59:59Z",
                        ANALYTICS)
                .json()
                .path("byProvider");
        Map<String, BigDecimal> shown = new TreeMap<>();
        byProvider.forEach(one -> shown.put(
                one.path("provider").asString(),
                one.path("costUsd").decimalValue().stripTrailingZeros()));
        assertThat(shown).isEqualTo(expected);
    }

    @Test
    void namesThatAreHardToQuoteAreGroupsAndFiltersLikeAnyOther() throws Exception {
        Map<String, BigDecimal> expected = costs(Attempt::model);
        assertThat(values(explore("groupBy=model"))).isEqualTo(expected);
        for (Map.Entry<String, BigDecimal> model : expected.entrySet()) {
            assertThat(decimal(explore("model=" + encoded(model.getKey())), "total"))
                    .isEqualByComparingTo(model.getValue());
        }
        for (String attack : List.of(
                "') OR 1=1 --",
                "x' OR tenant_id = '" + STRANGER + "",
                "{tenant:UUID}",
                "\\' UNION ALL SELECT * FROM usage_requests --",
                "];SELECT 1")) {
            String everyFilter = List.of("provider", "model", "key", "outcome", "routeReason").stream()
                    .map(filter -> filter + "=" + encoded(attack))
                    .collect(Collectors.joining("&"));
            assertThat(explore(everyFilter).path("total").asString()).as(attack).isEqualTo("0");
            assertThat(explore("tag=" + encoded("team=" + attack)).path("total").asString())
                    .isEqualTo("0");
            assertThat(explore("groupBy=" + encoded("tag:" + attack))
                            .path("groups")
                            .size())
                    .isOne();
        }
    }

    @Test
    void tagsAreGroupsAndFiltersAndCallsWithoutThemAGroupWithoutAName() throws Exception {
        Map<String, BigDecimal> expected = new TreeMap<>();
        for (var call : calls) {
            Map<String, String> tags = settled(call).tags();
            expected.merge(
                    tags == null ? "" : tags.getOrDefault("team", ""),
                    settled(call).cost().value(),
                    BigDecimal::add);
        }
        expected.replaceAll((name, cost) -> cost.stripTrailingZeros());
        assertThat(values(explore("groupBy=tag:team"))).isEqualTo(expected);
        for (String team : UsageMix.TEAMS) {
            assertThat(decimal(explore("tag=" + encoded("team=" + team)), "total"))
                    .isEqualByComparingTo(expected.get(team));
        }
    }

    @Test
    void theTenantIsTheCallersWhateverTheFiltersSay() throws Exception {
        assertThat(explore("metric=requests&key=" + STRANGER).path("total").asString())
                .isEqualTo("0");
        Answer foreign = analytics.get(TENANT, "/api/analytics/explore?tenantId=" + STRANGER, ANALYTICS);
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(analytics.get(TENANT, "/api/analytics/explore", INFERENCE).status())
                .isEqualTo(403);
        Answer own = analytics.get(STRANGER, "/api/analytics/explore?metric=requests&" + SPAN, ANALYTICS);
        assertThat(own.json().path("total").asString()).isEqualTo("50");
        assertThat(own.text()).doesNotContain(TENANT.toString());
    }

    @Test
    void theTopGroupsAreTheLargestAndTheRestSaysHowManyItHolds() throws Exception {
        List<BigDecimal> expected = costs(Attempt::model).values().stream()
                .sorted((one, other) -> other.compareTo(one))
                .toList();
        JsonNode answer = explore("groupBy=model&top=1");
        assertThat(decimal(answer.path("groups").path(0), "value")).isEqualByComparingTo(expected.getFirst());
        assertThat(answer.path("other").path("groups").asInt()).isEqualTo(UsageMix.MODELS.size() - 1);
        assertThat(explore("groupBy=model&top=4").has("other")).isFalse();
    }

    @Test
    void percentilesAreWithinOnePercentOfTheExactOnes() throws Exception {
        List<Long> sorted =
                calls.stream().map(call -> settled(call).latencyMs()).sorted().toList();
        for (Map.Entry<String, Double> level :
                Map.of("p50", 0.5, "p90", 0.9, "p95", 0.95, "p99", 0.99).entrySet()) {
            long exact = sorted.get((int) ((sorted.size() - 1) * level.getValue()));
            long shown = Long.parseLong(
                    explore("metric=latency." + level.getKey()).path("total").asString());
            assertThat((double) shown).isBetween(exact * 0.98 - 1, exact * 1.02 + 1);
        }
        assertThat(analytics
                        .get(RunningAnalytics.tenant(), "/api/analytics/explore?metric=latency.p99", ANALYTICS)
                        .json()
                        .path("total")
                        .asString())
                .isEqualTo("0");
    }

    @Test
    void stepsHoldTheCallsOfTheirHour() throws Exception {
        JsonNode answer = explore("metric=requests&rollup=hour&key=key-1");
        Map<Instant, Long> expected = new TreeMap<>();
        calls.stream()
                .filter(call -> settled(call).keyId().equals("key-1"))
                .forEach(call -> expected.merge(call.time().truncatedTo(ChronoUnit.HOURS), 1L, Long::sum));
        Map<Instant, Long> shown = new TreeMap<>();
        answer.path("points")
                .forEach(point -> shown.put(
                        Instant.parse(point.path("time").asString()),
                        point.path("value").asLong()));
        assertThat(shown).isEqualTo(expected);
    }

    @Test
    void savingsLinesAddUpToTheSavingsAndLeadToTheirCalls() throws Exception {
        JsonNode savings = get("/api/analytics/savings?" + SPAN);
        assertThat(decimal(savings, "savingsUsd")).isEqualByComparingTo(decimal(explore("metric=savings"), "total"));
        assertThat(sum(savings.path("lines"), "amountUsd")).isEqualByComparingTo(decimal(savings, "savingsUsd"));
        for (JsonNode line : savings.path("lines")) {
            List<JsonNode> traced = log("saved=" + line.path("reason").asString());
            assertThat(traced).hasSize(line.path("requests").asInt());
            BigDecimal amount = BigDecimal.ZERO;
            for (JsonNode call : traced) {
                assertThat(sum(call.path("savings"), "amountUsd")).isEqualByComparingTo(decimal(call, "savingsUsd"));
                for (JsonNode of : call.path("savings")) {
                    amount = of.path("reason").equals(line.path("reason"))
                            ? amount.add(decimal(of, "amountUsd"))
                            : amount;
                }
            }
            assertThat(amount).isEqualByComparingTo(decimal(line, "amountUsd"));
        }
        assertThat(log("saved=" + encoded("' OR 1=1 --"))).isEmpty();
        assertThat(get("/api/analytics/savings?" + SPAN + "&key=" + encoded("' OR 1=1 --"))
                        .path("requests")
                        .asInt())
                .isZero();
    }

    @Test
    void theLogOfAKeyIsItsCallsWithTheirAttemptsPageByPage() throws Exception {
        List<JsonNode> shown = log("key=key-2&outcome=completed&outcome=failed");
        List<String> expected = calls.stream()
                .map(ExplorerIT::settled)
                .filter(call -> call.keyId().equals("key-2"))
                .filter(call ->
                        List.of("completed", "failed").contains(call.outcome().wireName()))
                .map(Settled::requestId)
                .toList();
        assertThat(shown.stream().map(call -> call.path("requestId").asString()))
                .containsExactlyInAnyOrderElementsOf(expected);
        for (JsonNode call : shown) {
            assertThat(call.path("tries").size())
                    .isEqualTo(call.path("attempts").asInt());
            assertThat(sum(call.path("tries"), "costUsd")).isEqualByComparingTo(decimal(call, "costUsd"));
            assertThat(call.path("routeReason").asString()).isNotEmpty();
        }
        Answer misspelt = analytics.get(TENANT, "/api/analytics/requests?kee=key-2", ANALYTICS);
        assertThat(misspelt.status()).isEqualTo(400);
        assertThat(misspelt.text()).contains("\"kee\"");
    }

    @Test
    void aCursorLeadsNobodyToAnothersCalls() throws Exception {
        String theirs = get("/api/analytics/requests?limit=1&" + SPAN)
                .path("nextCursor")
                .asString();
        JsonNode page = analytics
                .get(STRANGER, "/api/analytics/requests?limit=200&" + SPAN + "&cursor=" + theirs, ANALYTICS)
                .json();
        assertThat(page.path("data").size()).isLessThanOrEqualTo(50);
        List<String> own = calls.stream().map(call -> settled(call).requestId()).toList();
        page.path("data")
                .forEach(call ->
                        assertThat(own).doesNotContain(call.path("requestId").asString()));
        String forged = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("1900000000000:') OR tenant_id != toUUID('" + STRANGER + "') --")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(analytics
                        .get(STRANGER, "/api/analytics/requests?limit=200&" + SPAN + "&cursor=" + forged, ANALYTICS)
                        .json()
                        .path("data")
                        .size())
                .isEqualTo(50);
    }

    @Test
    void whileHoursSealEveryAnswerHoldsEachCallOnce() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(4, ChronoUnit.HOURS);
        String span = "?startDate=" + hour + "&endDate=" + Instant.now();
        BigDecimal each = LedgerEvents.COST.value();
        int sent = 0;
        long before = 0;
        for (int round = 0; round < 12; round++) {
            List<UsageRecord> more = new ArrayList<>();
            for (int n = 0; n < 10; n++) {
                more.add(LedgerEvents.settled(tenant, "s-" + round + "-" + n, hour.plus(n % 3, ChronoUnit.HOURS)));
            }
            ledger.send(more);
            sent += more.size();
            // Closed hours get a new version for what comes late, others close: all while this is read.
            for (int read = 0; read < 5; read++) {
                JsonNode summary = analytics
                        .get(tenant, "/api/analytics/cost-summary" + span, ANALYTICS)
                        .json();
                long requests = summary.path("summary").path("totalRequests").asLong();
                assertThat(requests).isBetween(before, (long) sent);
                BigDecimal expected = each.multiply(BigDecimal.valueOf(requests));
                assertThat(summary.path("summary").path("actualCostUsd").decimalValue())
                        .isEqualByComparingTo(expected);
                BigDecimal providers = BigDecimal.ZERO;
                for (JsonNode provider : summary.path("byProvider")) {
                    providers = providers.add(provider.path("costUsd").decimalValue());
                }
                assertThat(providers).isEqualByComparingTo(expected);
                before = requests;
            }
        }
        int all = sent;
        String closed =
                "SELECT toInt64(sum(rows)) AS n FROM (SELECT argMax(JSONExtractInt(body, 'rows'), version) AS rows"
                        + " FROM sealed_hours WHERE tenant_id = '" + tenant + "' GROUP BY hour"
                        + " HAVING NOT argMax(JSONExtractBool(body, 'open'), version))";
        Eventually.passes(LIMIT, () -> {
            assertThat(analytics.number(closed)).isEqualTo(all);
            assertThat(analytics
                            .get(tenant, "/api/analytics/cost-summary" + span, ANALYTICS)
                            .json()
                            .path("summary")
                            .path("totalRequests")
                            .asInt())
                    .isEqualTo(all);
        });
    }

    private static JsonNode get(String path) throws Exception {
        Answer answer = analytics.get(TENANT, path, ANALYTICS);
        assertThat(answer.status()).as("%s: %s", path, answer.text()).isEqualTo(200);
        return answer.json();
    }

    /// All pages.
    private static List<JsonNode> log(String query) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get("/api/analytics/requests?limit=60&" + SPAN + "&" + query + cursor);
            page.path("data").forEach(all::add);
            cursor = page.has("nextCursor")
                    ? "&cursor=" + page.path("nextCursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "metric=money, metric",
        "groupBy=tenant_id, groupBy",
        "groupBy=tag:, groupBy",
        "rollup=week, rollup",
        "top=0, top",
        "top=51, top",
        "top=ten, top",
        "from=yesterday, from",
        "to=2026-03-01&from=2026-03-02, to",
        "from=2020-01-01, from",
        "rollup=minute&from=2026-03-01&to=2026-03-05, rollup",
        "rollup=hour&from=2026-03-01&to=2026-04-25&groupBy=key&top=50, top",
        "tag=team, tag",
        "metric=cost&metric=tokens, metric",
        "providr=openai, providr",
        "tenantId=x, tenantId",
    })
    void whatCannotBeAnsweredIsRefusedWithItsParameter(String query, String parameter) throws Exception {
        Answer answer = analytics.get(TENANT, "/api/analytics/explore?" + query, ANALYTICS);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).contains("\"" + parameter + "\"");
    }

    private static JsonNode explore(String query) throws Exception {
        Answer answer = analytics.get(TENANT, "/api/analytics/explore?" + SPAN + "&" + query, ANALYTICS);
        assertThat(answer.status()).as("%s: %s", query, answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static Map<String, BigDecimal> values(JsonNode answer) {
        Map<String, BigDecimal> values = new TreeMap<>();
        answer.path("groups").forEach(group -> values.put(group.path("name").asString(), decimal(group, "value")));
        return values;
    }

    private static Map<String, BigDecimal> costs(Function<Attempt, String> by) {
        Map<String, BigDecimal> costs = new TreeMap<>();
        calls.forEach(call -> settled(call)
                .attempts()
                .forEach(
                        attempt -> costs.merge(by.apply(attempt), attempt.cost().value(), BigDecimal::add)));
        costs.replaceAll((name, cost) -> cost.stripTrailingZeros());
        return costs;
    }

    private static BigDecimal tokens(Predicate<Meter> counted) {
        List<Long> all = new ArrayList<>();
        calls.forEach(call -> settled(call)
                .attempts()
                .forEach(attempt -> attempt.buckets().byMeter().forEach((meter, count) -> {
                    if (counted.test(meter)) {
                        all.add(count);
                    }
                })));
        return BigDecimal.valueOf(all.stream().mapToLong(Long::longValue).sum());
    }

    private static Settled settled(UsageRecord call) {
        return (Settled) call.data();
    }

    private static BigDecimal sum(JsonNode points) {
        return sum(points, "value");
    }

    private static BigDecimal sum(JsonNode points, String field) {
        BigDecimal sum = BigDecimal.ZERO;
        for (JsonNode point : points) {
            sum = sum.add(decimal(point, field));
        }
        return sum;
    }

    private static BigDecimal decimal(JsonNode node, String field) {
        return new BigDecimal(node.path(field).asString("0"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
