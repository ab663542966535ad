package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The cascade, its history and its way back, and how soon the data plane follows.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigurationIT {

    private static final String ADDRESS = "x-weir-client-address";

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<TenantSnapshot> tenants;
    private final ConcurrentHashMap<Integer, Long> seen = new ConcurrentHashMap<>();
    private String acme = "";
    private String path = "";

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.start();
        reader = platform.reader();
        tenants = reader.table(SnapshotTopic.TENANTS);
        tenants.onChange(change -> {
            TenantSnapshot now = change.value();
            Integer tokens = now == null ? null : now.settings().models().maxTokens();
            if (tokens != null) {
                seen.putIfAbsent(tokens, System.nanoTime());
            }
        });
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

    private Answer patch(String body, String... headers) throws Exception {
        return admin().call("PATCH", path + "/config", body, headers);
    }

    @Test
    void aLostOptimisticLockTellsTheVersionInForce() throws Exception {
        for (int i = 1; i <= 3; i++) {
            assertThat(patch("{\"retentionDays\": " + i + "}", "If-Match", "\"" + i + "\"")
                            .status())
                    .isEqualTo(200);
        }
        Answer lost = patch("{\"retentionDays\": 9}", "If-Match", "\"2\"");
        assertThat(lost.status()).isEqualTo(412);
        assertThat(lost.body().path("currentVersion").asInt()).isEqualTo(4);
        assertThat(lost.raw().headers().firstValue("ETag")).contains("\"4\"");
    }

    @Test
    void everyVersionIsInTheHistoryWhereverItIsKeptAndCanComeBack() throws Exception {
        for (int i = 1; i <= 4; i++) {
            patch("{\"models\": {\"maxTokens\": " + (1_000 + i) + "}, \"branding\": {\"n\": " + i + "}}");
            List<Long> versions = versions("");
            assertThat(versions).hasSize(i + 1).startsWith((long) i + 1).endsWith(1L);
        }
        // In time only the one in force is left in the registry; the others have moved, and all are listed still.
        Eventually.passes(
                Duration.ofSeconds(20), () -> assertThat(registryRows()).isEqualTo(1));
        assertThat(versions("?limit=2")).containsExactly(5L, 4L);
        assertThat(versions("?limit=2&cursor=4")).containsExactly(3L, 2L);
        JsonNode third =
                admin().get(path + "/config/history?limit=1&cursor=4").body().at("/versions/0");
        assertThat(third.at("/settings/models/maxTokens").asInt()).isEqualTo(1_002);
        assertThat(third.path("changedBy").asString()).isEqualTo("key:test");

        Answer back = admin().post(path + "/config/rollback", "{\"version\": 3}");
        assertThat(back.status()).as(back.toString()).isEqualTo(200);
        assertThat(back.body().at("/models/maxTokens").asInt()).isEqualTo(1_002);
        assertThat(back.raw().headers().firstValue("ETag")).contains("\"6\"");
        assertThat(versions("")).startsWith(6L).hasSize(6);
        Eventually.passes(() -> assertThat(
                        tenants.find(acme).orElseThrow().settings().models().maxTokens())
                .isEqualTo(1_002));

        assertThat(admin().post(path + "/config/rollback", "{\"version\": 6}").status())
                .isEqualTo(409);
        assertThat(admin().post(path + "/config/rollback", "{\"version\": 77}").status())
                .isEqualTo(404);
        for (String wrong : List.of("{}", "{\"version\": 0}", "{\"version\": \"1\"}", "{\"to\": 1}")) {
            assertThat(admin().post(path + "/config/rollback", wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        Answer stale = admin().call("POST", path + "/config/rollback", "{\"version\": 1}", "If-Match", "\"2\"");
        assertThat(stale.status()).isEqualTo(412);
    }

    private List<Long> versions(String query) throws Exception {
        List<Long> versions = new ArrayList<>();
        admin().get(path + "/config/history" + query)
                .body()
                .path("versions")
                .forEach(version -> versions.add(version.path("version").longValue()));
        return versions;
    }

    private int registryRows() throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM tenant_config WHERE tenant_id = '" + acme + "'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    void aRollbackGivesBackNothingThatOnlyTheOperatorMayGrant() throws Exception {
        platform.admin().call("PATCH", path + "/config", "{\"limits\": {\"requestsPerHour\": 5000}}");
        platform.admin().call("PATCH", path + "/config", "{\"limits\": {\"requestsPerHour\": null}}");
        Answer refused = admin().post(path + "/config/rollback", "{\"version\": 2}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("param")).isEqualTo("limits.requestsPerHour");
        assertThat(platform.admin()
                        .post(path + "/config/rollback", "{\"version\": 2}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aLimitOfTheOperatorBindsTheTenant() throws Exception {
        patch("{\"limits\": {\"requestsPerHour\": 400, \"tokensPerMinute\": 9}}");
        platform.admin().call("PATCH", path + "/config", "{\"limits\": {\"requestsPerHour\": 100, \"keys\": 1001}}");
        for (String[] more : new String[][] {
            {"limits.requestsPerHour", "{\"limits\": {\"requestsPerHour\": 101}}"},
            {"limits.requestsPerHour", "{\"limits\": {\"requestsPerHour\": 100.5}}"},
            {"limits.keys", "{\"limits\": {\"keys\": 1002}}"}
        }) {
            Answer refused = patch(more[1]);
            assertThat(refused.status()).as(more[1]).isIn(400, 403);
            assertThat(refused.text("param")).isEqualTo(more[0]);
        }
        // Below it, it may go where it likes, and up to it again.
        assertThat(limit(patch("{\"limits\": {\"requestsPerHour\": 7, \"keys\": 5}}"), "requestsPerHour"))
                .isEqualTo(7);
        assertThat(limit(patch("{\"limits\": {\"keys\": 1001}}"), "keys")).isEqualTo(1_001);
        // What it takes back is its own, not the operator's.
        assertThat(limit(patch("{\"limits\": {\"requestsPerHour\": null}}"), "requestsPerHour"))
                .isEqualTo(100);
        Answer none = patch("{\"limits\": null}");
        assertThat(limit(none, "requestsPerHour")).isEqualTo(100);
        assertThat(limit(none, "keys")).isEqualTo(1_001);
        assertThat(none.body().at("/limits").has("tokensPerMinute")).isFalse();
        assertThat(limit(admin().post(path + "/config/rollback", "{\"version\": 1}"), "requestsPerHour"))
                .isEqualTo(100);
        Answer before = admin().post(path + "/config/rollback", "{\"version\": 2}");
        assertThat(before.status()).isEqualTo(403);
        assertThat(before.text("detail")).contains("up to 100");
        Eventually.passes(() -> assertThat(String.valueOf(
                        tenants.find(acme).orElseThrow().settings().limits()))
                .contains("requestsPerHour=100,"));
        // Only the operator lifts it.
        platform.admin().call("PATCH", path + "/config", "{\"limits\": {\"requestsPerHour\": null}}");
        assertThat(limit(patch("{\"limits\": {\"requestsPerHour\": 499}}"), "requestsPerHour"))
                .isEqualTo(499);
        // A value that stands there already becomes the operator's when it says so.
        platform.admin().call("PATCH", path + "/config", "{\"limits\": {\"requestsPerHour\": 499}}");
        assertThat(patch("{\"limits\": {\"requestsPerHour\": 500}}").status()).isEqualTo(403);
    }

    private static int limit(Answer answer, String name) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body().at("/limits/" + name).asInt();
    }

    @Test
    void explainNamesTheLayerOfListsAndObjectsAndWhatItStandsBefore() throws Exception {
        patch("{\"models\": {\"allowed\": [\"gpt-4o\", \"gpt-4o-mini\"]}, \"branding\": {\"logo\": {\"url\": \"x\"}},"
                + " \"limits\": {\"requestsPerHour\": 100}}");
        String key = admin().post(
                        path + "/keys",
                        "{\"settings\": {\"models\": {\"allowed\": [\"gpt-4o-mini\", \"o3\"],"
                                + " \"maxTokens\": 10}}}")
                .text("keyId");
        JsonNode explained = admin().get(path + "/config?explain=true").body();
        assertThat(explained.at("/models/allowed/source").asString()).isEqualTo("tenant");
        assertThat(explained.at("/models/allowed/value")).hasSize(2);
        assertThat(explained.at("/models/allowed/overridden/0/source").asString())
                .isEqualTo("system");
        assertThat(explained.at("/branding/value/logo/url").asString()).isEqualTo("x");
        assertThat(explained.at("/limits/requestsPerHour/overridden/0/value").asInt())
                .isEqualTo(500);
        assertThat(explained.at("/limits/requestsPerHour/overridden/0/source").asString())
                .isEqualTo("plan");

        JsonNode ofKey = admin().get(path + "/config?explain=true&keyId=" + key).body();
        assertThat(ofKey.at("/models/maxTokens/source").asString()).isEqualTo("key");
        assertThat(ofKey.at("/models/maxTokens/value").asInt()).isEqualTo(10);
        // A key chooses among its tenant's models.
        assertThat(ofKey.at("/models/allowed/value")).hasSize(1);
        assertThat(ofKey.at("/models/allowed/value/0").asString()).isEqualTo("gpt-4o-mini");
        assertThat(admin().get(path + "/config?keyId=AAAAAAAAAAAA").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.7, 422",
        "10.1.2.3, 200",
        "::ffff:10.1.2.3, 200",
        "2001:db8::9, 200",
        "2001:db9::9, 422",
        "nonsense, 200"
    })
    void nobodyShutsItselfOut(String address, int status) throws Exception {
        String body = "{\"ipAllowList\": [\"10.0.0.0/8\", \"2001:db8::/32\"]}";
        Answer answer = patch(body, ADDRESS, address);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        Answer forced = admin().call("PATCH", path + "/config?force=true", body, ADDRESS, address);
        assertThat(forced.status()).isEqualTo(200);
        Eventually.passes(
                () -> assertThat(tenants.find(acme).orElseThrow().settings().ipAllowList())
                        .containsExactly("10.0.0.0/8", "2001:db8::/32"));
        assertThat(platform.admin()
                        .call("PATCH", path + "/config", body, ADDRESS, "198.51.100.7")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theDataPlaneFollowsWithinASecond() throws Exception {
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int tokens = 700_000 + i;
            long started = System.nanoTime();
            assertThat(patch("{\"models\": {\"maxTokens\": " + tokens + "}}").status())
                    .isEqualTo(200);
            Eventually.passes(() -> assertThat(seen).containsKey(tokens));
            micros.add((seen.getOrDefault(tokens, 0L) - started) / 1_000);
        }
        micros.sort(null);
        LoggerFactory.getLogger(ConfigurationIT.class)
                .info(String.format(
                        "change to snapshot in the data plane, 30 changes: median %.1f ms, highest %.1f ms",
                        micros.get(15) / 1e3, micros.getLast() / 1e3));
        assertThat(micros.get(15)).isLessThan(1_000_000);
    }
}
