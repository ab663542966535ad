package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kafka.RecordSender;
import io.weir.kafka.TenantHeader;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The life of keys: rotation, age, ranges, settings, last use, and the end of their snapshots.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysIT {

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<ApiKeySnapshot> keys;
    private String acme = "";
    private String path = "";

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.start();
        reader = platform.reader();
        keys = reader.table(SnapshotTopic.API_KEYS);
        reader.start();
    }

    @BeforeEach
    void aTenant() throws Exception {
        acme = platform.admin().provision(Infrastructure.freshName("t").replace('_', '-'));
        path = "/api/tenants/" + acme;
    }

    @AfterAll
    void stop() {
        reader.stop();
        platform.close();
    }

    private Caller admin() {
        return platform.of(acme, Scope.TENANT_ADMIN);
    }

    private String key(String body) throws Exception {
        Answer made = admin().post(path + "/keys", body);
        assertThat(made.status()).as(made.toString()).isEqualTo(201);
        return made.text("keyId");
    }

    private ApiKeySnapshot told(String keyId) {
        return keys.find(keyId).orElseThrow();
    }

    private JsonNode listed(String keyId) throws Exception {
        for (JsonNode key : admin().get(path + "/keys").body().path("keys")) {
            if (key.path("keyId").asString().equals(keyId)) {
                return key;
            }
        }
        throw new AssertionError("key " + keyId + " is not in the list");
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement running = connection.createStatement()) {
            running.execute(statement);
        }
    }

    @Test
    void rotationMakesTheSameKeyAnewAndEndsTheFormerAfterTheOverlap() throws Exception {
        String former = key("{\"name\": \"ci\", \"scopes\": [\"inference\", \"analytics\"],"
                + " \"ipRanges\": [\"10.0.0.0/8\"], \"settings\": {\"models\": {\"allowed\": [\"gpt-4o-mini\"]}}}");
        Answer rotated = admin().post(path + "/keys/" + former + "/rotate", "{\"overlapHours\": 2}");
        assertThat(rotated.status()).as(rotated.toString()).isEqualTo(201);
        assertThat(rotated.text("apiKey")).startsWith("weir_live_");
        String next = rotated.text("keyId");
        Instant end = Instant.parse(rotated.body().at("/replaces/expiresAt").asString());
        assertThat(end)
                .isBetween(
                        Instant.now().plus(119, ChronoUnit.MINUTES),
                        Instant.now().plus(121, ChronoUnit.MINUTES));
        Eventually.passes(() -> {
            assertThat(told(next).scopes()).containsExactlyInAnyOrder(Scope.INFERENCE, Scope.ANALYTICS);
            assertThat(told(next).ipRanges()).containsExactly("10.0.0.0/8");
            assertThat(told(next).settings()).isNotNull();
            assertThat(told(former).expiresAt()).isEqualTo(end);
        });
        assertThat(listed(former).path("rotatedTo").asString()).isEqualTo(next);

        Answer again = admin().post(path + "/keys/" + former + "/rotate", "");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("detail")).contains(next);
        Answer longer = admin().call("PATCH", path + "/keys/" + former, "{\"expiresAt\": null}");
        assertThat(longer.status()).isEqualTo(422);
        assertThat(admin().post(path + "/keys/" + next + "/rotate", "{\"overlapHours\": 0}")
                        .status())
                .isEqualTo(201);
        Eventually.passes(() -> assertThat(told(next).expiresAt()).isBeforeOrEqualTo(Instant.now()));
        Answer expired = admin().post(path + "/keys/" + next + "/rotate", "");
        assertThat(expired.status()).isEqualTo(409);
        assertThat(expired.text("detail")).contains("expired");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"overlapHours\": 169} | overlapHours",
                "{\"overlapHours\": -1} | overlapHours",
                "{\"overlapHours\": 1.5} | overlapHours",
                "{\"overlapHours\": \"1\"} | overlapHours",
                "{\"overlap\": 1} | overlap",
                "[] | body"
            })
    void anOverlapIsFromZeroToSevenDays(String body, String param) throws Exception {
        Answer answer = admin().post(path + "/keys/" + key("{}") + "/rotate", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(param);
    }

    @Test
    void ofManyRotationsAtOnceOneWins() throws Exception {
        String former = key("{}");
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calls.add(executor.submit(() ->
                        admin().post(path + "/keys/" + former + "/rotate", "").status()));
            }
            for (Future<Integer> call : calls) {
                statuses.add(call.get());
            }
        }
        assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
    }

    @Test
    void aRevokedKeyIsNeitherRotatedNorChanged() throws Exception {
        String revoked = key("{}");
        assertThat(admin().call("DELETE", path + "/keys/" + revoked, null).status())
                .isEqualTo(204);
        assertThat(admin().post(path + "/keys/" + revoked + "/rotate", "").status())
                .isEqualTo(409);
        assertThat(admin().call("PATCH", path + "/keys/" + revoked, "{\"name\": \"x\"}")
                        .status())
                .isEqualTo(409);
        assertThat(admin().post(path + "/keys/AAAAAAAAAAAA/rotate", "").status())
                .isEqualTo(404);
    }

    @Test
    void aTenantAdminOfTheReservedTenantGetsNoOperatorsKeyByRotation() throws Exception {
        String reserved = "/api/tenants/" + TenantId.PLATFORM + "/keys";
        Answer made = platform.admin().post(reserved, "{\"scopes\": [\"platform-admin\"]}");
        Caller lesser = platform.of(TenantId.PLATFORM.toString(), Scope.TENANT_ADMIN);
        assertThat(lesser.post(reserved + "/" + made.text("keyId") + "/rotate", "")
                        .status())
                .isEqualTo(403);
        assertThat(platform.admin()
                        .post(reserved + "/" + made.text("keyId") + "/rotate", "")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void aKeyIsChangedAndTheDataPlaneTold() throws Exception {
        String id = key("{}");
        Answer changed = admin().call(
                        "PATCH",
                        path + "/keys/" + id,
                        "{\"name\": \"batch\", \"ipRanges\": [\"203.0.113.7\", \"2001:db8::/32\"],"
                                + " \"settings\": {\"models\": {\"temperature\": 0.5, \"maxTokens\": 9}}}");
        assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
        Eventually.passes(() -> {
            assertThat(told(id).name()).isEqualTo("batch");
            assertThat(told(id).ipRanges()).containsExactly("203.0.113.7/32", "2001:db8::/32");
            assertThat(String.valueOf(told(id).settings())).contains("temperature=0.5");
        });
        Answer merged = admin().call(
                        "PATCH",
                        path + "/keys/" + id,
                        "{\"settings\": {\"models\": {\"temperature\": null}}, \"ipRanges\": null}");
        assertThat(merged.body().at("/settings/models/maxTokens").asInt()).isEqualTo(9);
        assertThat(merged.body().at("/settings/models").has("temperature")).isFalse();
        assertThat(merged.body().path("ipRanges")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scopes | {\"scopes\": [\"billing\"]}",
                "settings.branding | {\"settings\": {\"branding\": {}}}",
                // Nobody would stop the key there.
                "settings.limits.requestsPerHour | {\"settings\": {\"limits\": {\"requestsPerHour\": 1}}}",
                "settings.limits.requestsPerSecond | {\"settings\": {\"limits\": {\"requestsPerSecond\": -1}}}",
                "settings.limits.maxConcurrency | {\"settings\": {\"limits\": {\"maxConcurrency\": 1.5}}}",
                "settings.models.maxTokens | {\"settings\": {\"models\": {\"maxTokens\": 0}}}",
                "settings.limits | {\"settings\": {\"limits\": 3}}",
                "settings | {\"settings\": []}",
                "ipRanges[0] | {\"ipRanges\": [\"everywhere\"]}",
                "name | {\"name\": \" \"}",
                "expiresAt | {\"expiresAt\": \"2001-01-01T00:00:00Z\"}",
            })
    void aChangeThatMustNotBeIsRefusedWithItsField(String param, String body) throws Exception {
        Answer answer = admin().call("PATCH", path + "/keys/" + key("{}"), body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(param);
    }

    @Test
    void keysGrowOldByTheTenantsRuleAndTheirEndIsAnnounced() throws Exception {
        String id = key("{}");
        sql("UPDATE api_key SET created_at = now() - interval '91 days' WHERE key_id = '" + id + "'");
        assertThat(listed(id).path("rotationDue").asBoolean()).isFalse();
        Answer ruled =
                admin().call("PATCH", path + "/config", "{\"security\": {\"keyMaxAgeDays\": 90, \"keyGraceDays\": 7}}");
        assertThat(ruled.status()).as(ruled.toString()).isEqualTo(200);
        assertThat(listed(id).path("rotationDue").asBoolean()).isTrue();
        Eventually.passes(() -> assertThat(told(id).expiresAt())
                .isNotNull()
                .isBetween(Instant.now().plus(6, ChronoUnit.DAYS), Instant.now().plus(8, ChronoUnit.DAYS)));
        Eventually.passes(() ->
                assertThat(platform.admin().get(path + "/audit").raw().body()).contains("key.rotation-due"));

        admin().call("PATCH", path + "/config", "{\"security\": {\"keyMaxAgeDays\": 365}}");
        Eventually.passes(() -> assertThat(told(id).expiresAt()).isNull());
    }

    @Test
    void keysOfTheReservedTenantDoNotEndByAge() throws Exception {
        Answer answer = platform.admin()
                .call(
                        "PATCH",
                        "/api/tenants/" + TenantId.PLATFORM + "/config",
                        "{\"security\": {\"keyMaxAgeDays\": 1}}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("param")).isEqualTo("security.keyMaxAgeDays");
    }

    @Test
    void aDeadKeyLeavesTheTopicAfterThirtyDaysAndStaysInTheList() throws Exception {
        String dead = key("{}");
        String fresh = key("{}");
        for (String id : List.of(dead, fresh)) {
            assertThat(admin().call("DELETE", path + "/keys/" + id, null).status())
                    .isEqualTo(204);
        }
        Eventually.passes(() -> assertThat(told(dead).status()).isEqualTo(ApiKeySnapshot.Status.REVOKED));
        sql("UPDATE api_key SET revoked_at = now() - interval '31 days' WHERE key_id = '" + dead + "'");
        Eventually.passes(() -> assertThat(keys.find(dead)).isEmpty());
        assertThat(keys.find(fresh)).isPresent();
        assertThat(listed(dead).path("status").asString()).isEqualTo("revoked");
    }

    @Test
    void aHistoryOfTenThousandKeysIsReadPageByPageAndSlowsNothing() throws Exception {
        sql("INSERT INTO api_key (tenant_id, key_id, hash, name, scopes, status, created_at, revoked_at, withdrawn_at)"
                + " SELECT '" + acme + "', left(translate(gen_random_uuid()::text, '-', ''), 12), 'x', 'k',"
                + " '{inference}', 'revoked', now() - interval '40 days' - i * interval '1 second',"
                + " now() - interval '35 days', now() FROM generate_series(1, 10000) i");
        int seen = 0;
        String cursor = "";
        do {
            Answer page = admin().get(path + "/keys?limit=1000" + cursor);
            seen += page.body().path("keys").size();
            JsonNode next = page.body().path("nextCursor");
            cursor = next.isNull() ? "" : "&cursor=" + next.asString();
        } while (!cursor.isEmpty());
        assertThat(seen).isEqualTo(10_001);
        assertThat(admin().get(path + "/keys?status=live").body().path("keys").size())
                .isEqualTo(1);
        long started = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            key("{}");
        }
        LoggerFactory.getLogger(KeysIT.class)
                .info(String.format("a key with 10,000 before it: %d ms", (System.nanoTime() - started) / 10_000_000));
        for (String query : List.of("?limit=0", "?limit=1001", "?cursor=x", "?status=dead")) {
            assertThat(admin().get(path + "/keys" + query).status()).as(query).isEqualTo(400);
        }
    }

    @Test
    void theLastUseOfAKeyIsTheLatestThatTheEdgeRecorded() throws Exception {
        String id = key("{}");
        String other = key("{}");
        createAccessTopic();
        Instant latest = Instant.parse("2026-11-23T10:00:05Z");
        try (RecordSender sender = RecordSender.create(platform.kafka, "edge", Duration.ofSeconds(10))) {
            Eventually.passes(Duration.ofSeconds(40), () -> {
                send(sender, acme, id, latest, "");
                send(sender, acme, id, latest.minusSeconds(60), "");
                send(sender, acme, other, latest, "invalid_api_key");
                assertThat(listed(id).path("lastUsedAt").asString()).isEqualTo(latest.toString());
            });
            // A forged record names a key of another tenant.
            String globex =
                    platform.admin().provision(Infrastructure.freshName("g").replace('_', '-'));
            send(sender, globex, other, latest, "");
            send(sender, acme, id, latest.plusSeconds(1), "");
        }
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(listed(id).path("lastUsedAt").asString())
                        .isEqualTo(latest.plusSeconds(1).toString()));
        assertThat(listed(other).path("lastUsedAt").isNull()).isTrue();
    }

    private void createAccessTopic() throws Exception {
        try (Admin client = Admin.create(Map.of("bootstrap.servers", platform.kafka.bootstrapServers()))) {
            client.createTopics(List.of(new NewTopic(platform.kafka.topic("access.v1"), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private void send(RecordSender sender, String tenant, String key, Instant at, String reason) {
        String json = "{\"time\": \"" + at + "\", \"data\": {\"tenantId\": \"" + tenant + "\", \"keyId\": \"" + key
                + "\"" + (reason.isEmpty() ? "" : ", \"reason\": \"" + reason + "\"") + "}}";
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(platform.kafka.topic("access.v1"), tenant, json.getBytes(StandardCharsets.UTF_8));
        TenantHeader.stamp(record.headers(), TenantId.of(tenant));
        sender.send(record).block(Duration.ofSeconds(10));
    }
}
