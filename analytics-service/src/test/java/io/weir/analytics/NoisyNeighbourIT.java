package io.weir.analytics;

import static io.weir.security.Scope.ANALYTICS;
import static io.weir.security.Scope.INFERENCE;
import static io.weir.security.Scope.PLATFORM_ADMIN;
import static io.weir.security.Scope.TENANT_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantRestriction;
import io.weir.snapshots.catalog.TenantRestriction.Step;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Ten tenants, of which one takes what the nine need: with time running many times as fast as it is set up.
@Tag("infra")
class NoisyNeighbourIT {

    private static final Duration LIMIT = RunningAnalytics.LIMIT;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long USUAL = 100;
    private static final long SLOW = 900;

    @TempDir
    static Path directory;

    static RunningAnalytics analytics;
    static LedgerEvents ledger;
    static final TenantId NOISY = RunningAnalytics.tenant();
    static final List<TenantId> OTHERS =
            IntStream.range(0, 9).mapToObj(n -> RunningAnalytics.tenant()).toList();
    static final TenantId OPERATOR = RunningAnalytics.tenant();
    static final ScheduledExecutorService TRAFFIC = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    static volatile boolean noise;
    static ScheduledFuture<?> running;

    @BeforeAll
    static void tenTenantsWhoseUsualTimesAreKnown() throws Exception {
        analytics = new RunningAnalytics(
                directory,
                Infrastructure.kafka(),
                Map.of(
                        "weir.analytics.neighbours.step", "400ms",
                        "weir.analytics.neighbours.window", "3s",
                        "weir.analytics.neighbours.delay", "1s",
                        "weir.analytics.neighbours.escalate-after", "2",
                        "weir.analytics.neighbours.calm-after", "4"));
        ledger = new LedgerEvents(analytics.kafka(), 1)
                .createTopic(analytics.kafka())
                .createTopic(analytics.kafka(), "alerts.v1")
                .createTopic(analytics.kafka(), SnapshotTopic.TENANTS.suffix());
        analytics.publish(tenant(NOISY));
        List<UsageRecord> usual = new ArrayList<>();
        Instant before = Instant.now().minus(Duration.ofMinutes(30)).truncatedTo(ChronoUnit.MILLIS);
        for (int n = 0; n < 40; n++) {
            usual.add(call(NOISY, before.plusSeconds(n * 30L), USUAL));
            for (TenantId other : OTHERS) {
                usual.add(call(other, before.plusSeconds(n * 30L), USUAL));
            }
        }
        ledger.send(usual);
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number("SELECT count() AS n FROM usage_requests"))
                        .isEqualTo(usual.size()));
        running = TRAFFIC.scheduleWithFixedDelay(NoisyNeighbourIT::traffic, 0, 200, TimeUnit.MILLISECONDS);
    }

    @AfterAll
    static void stop() {
        TRAFFIC.shutdownNow();
        ledger.close();
        analytics.close();
    }

    private static TenantSnapshot tenant(TenantId id) {
        return new TenantSnapshot(
                id,
                new TenantSlug("noisy"),
                TenantStatus.ACTIVE,
                "starter",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                null,
                TenantSettings.DEFAULTS,
                1,
                Instant.EPOCH);
    }

    private static UsageRecord call(TenantId tenant, Instant time, long latencyMs) {
        return LedgerEvents.settled(tenant, UUID.randomUUID().toString(), time, latencyMs);
    }

    // What nine tenants bring all the time, each a call; and beside it, while there is noise, sixty of one.
    private static void traffic() {
        try {
            ledger.send(moment(Instant.now().truncatedTo(ChronoUnit.MILLIS), noise));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static List<UsageRecord> moment(Instant time, boolean noisy) {
        List<UsageRecord> calls = new ArrayList<>();
        OTHERS.forEach(other -> calls.add(call(other, time, noisy ? SLOW : USUAL)));
        for (int n = 0; n < (noisy ? 60 : 1); n++) {
            calls.add(call(NOISY, time, USUAL));
        }
        return calls;
    }

    @Test
    void theNoisyOneIsHeldBackStepByStepLetGoAndPardonedAndNobodyElseIs() throws Exception {
        untilRounds(4);
        assertThat(history()).isEmpty();

        noise = true;
        untilStage("lower_weight");
        untilStage("cap_concurrency");
        analytics.stop();
        analytics.start();
        // It goes on where it was; what happened before stands in the history.
        untilStage("quarantine");
        untilStage("page");
        List<JsonNode> escalations = history().stream()
                .filter(step -> step.path("cause").asString().equals("escalated"))
                .toList();
        assertThat(escalations.reversed().stream()
                        .map(step -> step.path("stage").asString()))
                .containsSubsequence("lower_weight", "cap_concurrency", "quarantine", "page");
        harmIsNamedInMoney(escalations.getFirst());
        theDataPlaneFollows();
        itsOwnAdminSeesWhyAndNothingOfOthers();
        operatorsAreTold();

        noise = false;
        untilStage("none");
        assertThat(history().stream().map(step -> step.path("cause").asString()))
                .contains("calmed");

        noise = true;
        untilStage("lower_weight");
        pardoned();

        noise = false;
        replayed();
        restrictedByHand();
        assertThat(history())
                .allSatisfy(step -> assertThat(step.path("tenantId").asString()).isEqualTo(NOISY.toString()));
    }

    private static void harmIsNamedInMoney(JsonNode step) {
        JsonNode impact = step.path("impact");
        assertThat(impact.path("tenantCount").asInt()).isEqualTo(9);
        assertThat(impact.path("tenants").valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(
                        OTHERS.stream().map(TenantId::toString).toList());
        long late = impact.path("delayedCalls").asLong();
        assertThat(late).isPositive();
        assertThat(impact.path("delayedCostUsd").asString())
                .isEqualTo(new Amount(LedgerEvents.COST.value().multiply(BigDecimal.valueOf(late))).toPlainString());
        assertThat(step.path("shareOverFairShare").asDouble()).isGreaterThan(3);
        assertThat(step.path("resource").asString()).isEqualTo("openai/gpt-4o-mini");
    }

    private static void theDataPlaneFollows() {
        Eventually.passes(LIMIT, () -> {
            List<TenantRestriction> told = records("tenant-restrictions.v1").stream()
                    .map(record -> SnapshotJson.read(record.value(), TenantRestriction.class))
                    .toList();
            assertThat(told).allSatisfy(one -> assertThat(one.tenantId()).isEqualTo(NOISY));
            assertThat(told.stream().map(TenantRestriction::step))
                    .containsSubsequence(Step.LOWER_WEIGHT, Step.CAP_CONCURRENCY, Step.QUARANTINE);
            assertThat(told.getLast().isInForce(Instant.now())).isTrue();
            assertThat(told.getLast().maxConcurrency()).isOne();
        });
    }

    private static void itsOwnAdminSeesWhyAndNothingOfOthers() throws Exception {
        RunningAnalytics.Answer own = analytics.get(NOISY, "/api/analytics/neighbours/" + NOISY, TENANT_ADMIN);
        assertThat(own.status()).isEqualTo(200);
        assertThat(own.json().path("restricted").asBoolean()).isTrue();
        assertThat(own.json().path("step").asString()).isEqualTo("quarantine");
        assertThat(own.json().path("reason").asString()).contains("its fair share of openai/gpt-4o-mini");
        OTHERS.forEach(other -> assertThat(own.text()).doesNotContain(other.toString()));

        TenantId other = OTHERS.getFirst();
        assertThat(analytics
                        .get(other, "/api/analytics/neighbours/" + NOISY, TENANT_ADMIN)
                        .status())
                .isEqualTo(403);
        assertThat(analytics
                        .get(other, "/api/analytics/neighbours/" + other, TENANT_ADMIN)
                        .json()
                        .path("restricted")
                        .asBoolean())
                .isFalse();
        for (String route : List.of("/api/analytics/neighbours", "/api/analytics/neighbours/history")) {
            assertThat(analytics
                            .get(NOISY, route, TENANT_ADMIN, ANALYTICS, INFERENCE)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(analytics
                        .post(NOISY, "/api/analytics/neighbours/" + NOISY + "/pardon", "{}", TENANT_ADMIN)
                        .status())
                .isEqualTo(403);
    }

    private static void operatorsAreTold() {
        Eventually.passes(LIMIT, () -> {
            List<JsonNode> alerts = records("alerts.v1").stream()
                    .map(record -> JSON.readTree(record.value()))
                    .toList();
            assertThat(alerts.stream().map(alert -> alert.at("/data/step").asString()))
                    .contains("lower_weight", "page");
            JsonNode page = alerts.stream()
                    .filter(alert -> alert.at("/data/step").asString().equals("page"))
                    .findFirst()
                    .orElseThrow();
            assertThat(page.at("/data/severity").asString()).isEqualTo("critical");
            assertThat(page.at("/data/affectedTenantCount").asInt()).isEqualTo(9);
            assertThat(page.at("/data/delayedCostUsd").isString()).isTrue();
            assertThat(page.path("type").asString()).isEqualTo("io.weir.alert.neighbour.v1");
        });
    }

    private static void pardoned() throws Exception {
        String path = "/api/analytics/neighbours/" + NOISY + "/pardon";
        assertThat(pardon(path, "{\"minutes\": 10}").json().path("param").asString("reason"))
                .isEqualTo("reason");
        assertThat(pardon(path, "{\"reason\": \"x\", \"minutes\": 0}").status()).isEqualTo(400);
        assertThat(pardon(path, "[").status()).isEqualTo(400);
        assertThat(pardon("/api/analytics/neighbours/" + RunningAnalytics.tenant() + "/pardon", "{\"reason\": \"x\"}")
                        .status())
                .isEqualTo(404);
        RunningAnalytics.Answer pardon = pardon(path, "{\"reason\": \"agreed load test\", \"minutes\": 10}");
        assertThat(pardon.status()).as(pardon.text()).isEqualTo(200);
        assertThat(pardon.json().path("stage").asString()).isEqualTo("none");
        int before = history().size();
        untilRounds(12);
        assertThat(history()).hasSize(before);
        JsonNode current = current().getFirst();
        assertThat(current.path("cause").asString()).isEqualTo("pardoned");
        assertThat(current.path("actor").asString()).isEqualTo("key:k");
        assertThat(analytics
                        .get(NOISY, "/api/analytics/neighbours/" + NOISY, TENANT_ADMIN)
                        .json()
                        .path("restricted")
                        .asBoolean())
                .isFalse();
    }

    // The noise of an hour ago, by another tenant who has no pardon, comes again.
    private static void replayed() throws Exception {
        int before = history().size();
        TenantId blameless = RunningAnalytics.tenant();
        Instant old = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
        List<UsageRecord> noisy = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            Instant time = old.plusMillis(n * 200L);
            OTHERS.forEach(other -> noisy.add(call(other, time, SLOW)));
            for (int call = 0; call < 60; call++) {
                noisy.add(call(blameless, time, USUAL));
            }
        }
        ledger.send(noisy);
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number(
                                "SELECT count() AS n FROM usage_requests WHERE tenant_id = '" + blameless + "'"))
                        .isEqualTo(480));
        untilRounds(8);
        assertThat(history()).hasSize(before);
    }

    private static void restrictedByHand() throws Exception {
        String path = "/api/analytics/neighbours/" + NOISY + "/restrict";
        assertThat(pardon(path, "{\"step\": \"page\", \"reason\": \"x\"}").status())
                .isEqualTo(400);
        RunningAnalytics.Answer answer =
                pardon(path, "{\"step\": \"cap_concurrency\", \"reason\": \"abuse\", \"minutes\": 5}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonNode own = analytics
                .get(NOISY, "/api/analytics/neighbours/" + NOISY, TENANT_ADMIN)
                .json();
        assertThat(own.path("step").asString()).isEqualTo("cap_concurrency");
        assertThat(own.path("maxConcurrency").asInt()).isEqualTo(8);
        assertThat(own.path("reason").asString()).isEqualTo("restricted: abuse");
        TenantRestriction told =
                SnapshotJson.read(records("tenant-restrictions.v1").getLast().value(), TenantRestriction.class);
        assertThat(told.step()).isEqualTo(Step.CAP_CONCURRENCY);
        assertThat(told.isInForce(Instant.now())).isTrue();
    }

    private static RunningAnalytics.Answer pardon(String path, String body) throws Exception {
        return analytics.post(OPERATOR, path, body, PLATFORM_ADMIN);
    }

    private static void untilRounds(int more) {
        double before = analytics.counted("weir.analytics.neighbours.rounds");
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.counted("weir.analytics.neighbours.rounds"))
                        .isGreaterThanOrEqualTo(before + more));
    }

    private static void untilStage(String stage) {
        assertThat(running.isDone()).as("the traffic ended").isFalse();
        Eventually.passes(LIMIT, () -> {
            List<JsonNode> all = history();
            assertThat(all).isNotEmpty();
            assertThat(all.getFirst().path("stage").asString()).isEqualTo(stage);
        });
    }

    private static List<JsonNode> current() throws Exception {
        return analytics
                .get(OPERATOR, "/api/analytics/neighbours", PLATFORM_ADMIN)
                .json()
                .path("current")
                .valueStream()
                .toList();
    }

    /// All of it, by pages.
    private static List<JsonNode> history() throws Exception {
        List<JsonNode> all = new ArrayList<>();
        @Nullable String cursor = "";
        while (cursor != null) {
            JsonNode page = analytics
                    .get(
                            OPERATOR,
                            "/api/analytics/neighbours/history?limit=3" + (cursor.isEmpty() ? "" : "&cursor=" + cursor),
                            PLATFORM_ADMIN)
                    .json();
            page.path("history").forEach(all::add);
            cursor = page.path("nextCursor").asString(null);
        }
        return all;
    }

    private static List<ConsumerRecord<String, byte[]>> records(String suffix) {
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", analytics.kafka().bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(analytics.kafka().topic(suffix), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition), LIMIT).getOrDefault(partition, 0L);
            while (consumer.position(partition, LIMIT) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }
}
