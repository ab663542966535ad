package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.ApiKey;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdministrationIT {

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<TenantSnapshot> tenants;
    private SnapshotTable<ApiKeySnapshot> keys;
    private String acme = "";
    private String path = "";

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.start();
        reader = platform.reader();
        tenants = reader.table(SnapshotTopic.TENANTS);
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

    /// Every route with a tenant in its path.
    static List<String> routesOfATenant() {
        return List.of(
                "GET ",
                "GET /config",
                "PATCH /config",
                "POST /keys",
                "GET /keys",
                "DELETE /keys/abc",
                "POST /suspend",
                "POST /activate",
                "POST /placement");
    }

    /// Every route of the operator's alone.
    static List<String> routesOfTheOperator() {
        return List.of("GET /api/tenants", "POST /api/tenants/provision", "POST /api/tenants/republish");
    }

    @Test
    void nobodyReachesAnotherTenant() throws Exception {
        String globex = platform.admin().provision(Infrastructure.freshName("g").replace('_', '-'));
        Caller stranger = platform.of(globex, Scope.TENANT_ADMIN, Scope.INFERENCE, Scope.BILLING, Scope.ANALYTICS);
        for (String route : routesOfATenant()) {
            Answer answer = call(stranger, route);
            assertThat(answer.status()).as(route).isEqualTo(403);
            assertThat(answer.text("code")).as(route).isEqualTo("tenant_mismatch");
        }
    }

    @Test
    void aKeyWithoutTheScopeReachesNothing() throws Exception {
        Caller plain = platform.of(acme, Scope.INFERENCE, Scope.ANALYTICS, Scope.BILLING);
        for (String route : routesOfATenant()) {
            assertThat(call(plain, route).status()).as(route).isEqualTo(403);
        }
        Caller tenantAdmin = platform.of(acme, Scope.TENANT_ADMIN);
        for (Caller caller : List.of(plain, tenantAdmin)) {
            for (String route : routesOfTheOperator()) {
                String[] parts = route.split(" ", 2);
                assertThat(caller.call(parts[0], parts[1], "{}").status())
                        .as(route)
                        .isEqualTo(403);
            }
        }
        assertThat(plain.get("/api/tenants/jobs/" + UUID.randomUUID()).status()).isEqualTo(403);
    }

    @Test
    void anOperatorIsToldWhatDoesNotExist() throws Exception {
        for (String route : routesOfATenant()) {
            String[] parts = route.split(" ", 2);
            String body = route.contains("placement") ? "{\"target\": \"pool\"}" : "{}";
            Answer unknown = platform.admin().call(parts[0], "/api/tenants/" + UUID.randomUUID() + parts[1], body);
            assertThat(unknown.status()).as(route).isEqualTo(404);
            Answer malformed = platform.admin().call(parts[0], "/api/tenants/not-an-id" + parts[1], body);
            assertThat(malformed.status()).as(route).isEqualTo(400);
            assertThat(malformed.text("param")).as(route).isEqualTo("id");
        }
        assertThat(platform.admin().get("/api/tenants/jobs/x").status()).isEqualTo(400);
        assertThat(platform.admin()
                        .get("/api/tenants/jobs/" + UUID.randomUUID())
                        .status())
                .isEqualTo(404);
    }

    // Reactor Netty 1.3.7 stopped reading a connection whose next request came before the last answer was put away.
    @Test
    void everyOneOfManyRefusalsOnOneConnectionIsAnswered() throws Exception {
        for (int i = 0; i < 150; i++) {
            assertThat(platform.admin()
                            .post("/api/tenants/" + UUID.randomUUID() + "/suspend", "{}")
                            .status())
                    .isEqualTo(404);
            assertThat(platform.admin()
                            .post("/api/tenants/not-an-id/suspend", "{}")
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void withoutAPassportNobodyGetsIn() throws Exception {
        java.net.http.HttpResponse<String> answer = java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(platform.uri("/api/tenants"))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    void aKeyIsMadeListedWithoutItsSecretAndRevokedEverywhere() throws Exception {
        Caller admin = platform.of(acme, Scope.TENANT_ADMIN);
        Answer made = admin.post(path + "/keys", "{\"name\": \"ci\", \"expiresAt\": \"2099-01-01T00:00:00Z\"}");
        assertThat(made.status()).isEqualTo(201);
        String keyId = made.text("keyId");
        ApiKey key = ((ApiKey.Reading.WellFormed) ApiKey.read(made.text("apiKey"))).key();
        assertThat(key.id()).isEqualTo(keyId);
        Eventually.passes(() -> assertThat(keys.find(keyId)).isPresent());
        assertThat(keys.find(keyId).orElseThrow().scopes()).containsExactly(Scope.INFERENCE);

        Answer list = admin.get(path + "/keys");
        assertThat(list.body().path("keys").size()).isEqualTo(2);
        assertThat(list.raw().body()).contains(keyId).doesNotContain(made.text("apiKey"), "hash");

        Answer gone = admin.call("DELETE", path + "/keys/" + keyId, null);
        assertThat(gone.status()).isEqualTo(204);
        Eventually.passes(
                () -> assertThat(keys.find(keyId).orElseThrow().status()).isEqualTo(ApiKeySnapshot.Status.REVOKED));
        assertThat(admin.call("DELETE", path + "/keys/" + keyId, null).status()).isEqualTo(204);
        assertThat(admin.call("DELETE", path + "/keys/AAAAAAAAAAAA", null).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | name | {\"name\": \"\"}",
                "400 | name | {\"name\": 5}",
                "400 | scopes[0] | {\"scopes\": [\"everything\"]}",
                "400 | scopes | {\"scopes\": \"inference\"}",
                "400 | scopes | {\"scopes\": []}",
                "400 | expiresAt | {\"expiresAt\": \"2001-01-01T00:00:00Z\"}",
                "400 | expiresAt | {\"expiresAt\": \"tomorrow\"}",
                "400 | ipRanges[0] | {\"ipRanges\": [\"10.0.0.0/33\"]}",
                "400 | ipRanges[1] | {\"ipRanges\": [\"::1\", \"example.com\"]}",
                "403 | scopes | {\"scopes\": [\"platform-admin\"]}",
            })
    void aKeyThatMustNotBeIsRefused(int status, String param, String body) throws Exception {
        Answer answer = platform.of(acme, Scope.TENANT_ADMIN).post(path + "/keys", body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("param")).isEqualTo(param);
    }

    @Test
    void onlyTheReservedTenantHasOperatorsKeys() throws Exception {
        String body = "{\"scopes\": [\"platform-admin\"]}";
        assertThat(platform.admin().post(path + "/keys", body).status()).isEqualTo(422);
        assertThat(platform.admin()
                        .post("/api/tenants/" + TenantPlatform.PLATFORM.id() + "/keys", body)
                        .status())
                .isEqualTo(201);
    }

    @Test
    void routingPreferencesAreToldToTheDataPlane() throws Exception {
        String other = platform.admin().provision(Infrastructure.freshName("t").replace('_', '-'));
        Answer changed = platform.admin()
                .call(
                        "PATCH",
                        "/api/tenants/" + other + "/config",
                        "{\"routing\": {\"preferredProvider\": \"gemini\", \"order\": [\"gpt-4o\", \"no-such-model\"],"
                                + " \"only\": [\"openai\", \"gemini\"], \"ignore\": [\"openai/gpt-4o\"],"
                                + " \"sort\": \"latency\", \"maxPrice\": 12.5, \"regions\": [\"eu\"]},"
                                + " \"models\": {\"embedding\": \"text-embedding-3-small\"},"
                                + " \"cache\": {\"exact\": true, \"ttlSeconds\": 60, \"threshold\": 0.9},"
                                + " \"calls\": {\"clientGone\": \"drain\"}}",
                        "If-Match",
                        "*");
        assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
        assertThat(platform.admin()
                        .get("/api/tenants/" + other + "/config?explain=true")
                        .raw()
                        .body())
                .contains("\"clientGone\":{\"value\":\"drain\",\"source\":\"tenant\"}");
        Eventually.passes(() -> {
            TenantSettings settings = tenants.find(other).orElseThrow().settings();
            assertThat(settings.preferences())
                    .isEqualTo(new TenantSettings.Routing(
                            "gemini",
                            List.of("gpt-4o", "no-such-model"),
                            List.of("openai", "gemini"),
                            List.of("openai/gpt-4o"),
                            TenantSettings.Sort.LATENCY,
                            new BigDecimal("12.5"),
                            List.of("eu")));
            assertThat(settings.models().embedding()).isEqualTo("text-embedding-3-small");
            assertThat(settings.clientGone()).isEqualTo(TenantSettings.ClientGone.DRAIN);
            assertThat(settings.caching()).isEqualTo(new TenantSettings.Cache(true, false, false, 60, 0.9));
        });
    }

    @Test
    void configurationIsMergedVersionedAndToldToTheDataPlane() throws Exception {
        Caller admin = platform.of(acme, Scope.TENANT_ADMIN);
        Answer first = admin.get(path + "/config");
        assertThat(first.raw().headers().firstValue("ETag")).contains("\"1\"");
        Answer changed = patch(
                admin,
                "{\"models\": {\"default\": \"gpt-4o-mini\", \"temperature\": 0.7}, \"limits\": {\"requestsPerHour\":"
                        + " 100}}",
                "\"1\"");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.raw().headers().firstValue("ETag")).contains("\"2\"");
        Eventually.passes(() -> assertThat(
                        tenants.find(acme).orElseThrow().settings().models().defaultModel())
                .isEqualTo("gpt-4o-mini"));

        Answer stale = patch(admin, "{\"retentionDays\": 7}", "\"1\"");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.text("detail")).contains("in force is 2");

        Answer removed = patch(admin, "{\"models\": {\"default\": null}}", "\"2\"");
        assertThat(removed.body().path("models").has("default")).isFalse();
        assertThat(removed.body().path("models").path("temperature").decimalValue())
                .isEqualByComparingTo("0.7");
    }

    @Test
    void explainSaysWhereEachValueComesFrom() throws Exception {
        Caller admin = platform.of(acme, Scope.TENANT_ADMIN);
        patch(admin, "{\"limits\": {\"requestsPerHour\": 100}}", "*");
        Answer explained = admin.get(path + "/config?explain=true");
        assertThat(explained.body().at("/limits/requestsPerHour/value").asInt()).isEqualTo(100);
        assertThat(explained.body().at("/limits/requestsPerHour/source").asString())
                .isEqualTo("tenant");
        assertThat(explained.body().at("/limits/documents/source").asString()).isEqualTo("plan");
        assertThat(explained.body().at("/retentionDays/source").asString()).isEqualTo("system");
        assertThat(admin.get(path + "/config?explain=perhaps").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | limit | {\"limit\": {}}",
                "400 | limits.requestPerHour | {\"limits\": {\"requestPerHour\": 1}}",
                "400 | limits | {\"limits\": 5}",
                "400 | limits.requestsPerHour | {\"limits\": {\"requestsPerHour\": -1}}",
                "400 | limits.requestsPerHour | {\"limits\": {\"requestsPerHour\": 1.5}}",
                "400 | limits.requestsPerSecond | {\"limits\": {\"requestsPerSecond\": 1e999999999}}",
                "400 | limits.requestsPerHour | {\"limits\": {\"requestsPerHour\": \"10\"}}",
                "400 | models.allowed | {\"models\": {\"allowed\": [\"a\", 3]}}",
                "400 | models.temperature | {\"models\": {\"temperature\": 2.1}}",
                "400 | retrieval.mode | {\"retrieval\": {\"mode\": \"psychic\"}}",
                "400 | features.piiMasking | {\"features\": {\"piiMasking\": \"yes\"}}",
                "400 | ipAllowList | {\"ipAllowList\": [\"10.0.0.300\"]}",
                "400 | routing.maxPrice | {\"routing\": {\"maxPrice\": -1}}",
                "400 | routing.sort | {\"routing\": {\"sort\": \"beauty\"}}",
                "400 | routing.only | {\"routing\": {\"only\": [\"openai\", 3]}}",
                "400 | timeZone | {\"timeZone\": \"Nowhere\"}",
                "400 | currency | {\"currency\": \"usd\"}",
                "400 | branding | {\"branding\": \"blue\"}",
                "400 | body | []",
                "403 | limits.requestsPerHour | {\"limits\": {\"requestsPerHour\": 501}}",
                "403 | features.agenticTools | {\"features\": {\"agenticTools\": true}}",
            })
    void aConfigurationThatMustNotBeIsRefusedWithItsPath(int status, String param, String body) throws Exception {
        Answer answer = patch(platform.of(acme, Scope.TENANT_ADMIN), body, "*");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("param")).isEqualTo(param);
    }

    @Test
    void theOperatorMayGiveMoreThanThePlan() throws Exception {
        Answer answer = patch(platform.admin(), "{\"limits\": {\"requestsPerHour\": 501}}", "*");
        assertThat(answer.body().at("/limits/requestsPerHour").asInt()).isEqualTo(501);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "W/\"1\"", "\"x\"", "\"-1\""})
    void anEntityTagThatIsNoneIsA400(String tag) throws Exception {
        assertThat(patch(platform.admin(), "{}", tag).status()).isEqualTo(400);
    }

    @Test
    void ofManyWritersWithOneTagOneWinsAndTheDataPlaneSeesTheLast() throws Exception {
        Caller admin = platform.of(acme, Scope.TENANT_ADMIN);
        assertThat(concurrently(
                        16,
                        i -> patch(admin, "{\"retentionDays\": " + i + "}", "\"1\"")
                                .status()))
                .containsOnly(200, 412)
                .containsOnlyOnce(200);
        assertThat(concurrently(
                        16,
                        i -> patch(admin, "{\"models\": {\"maxTokens\": " + (i + 1) + "}}", "*")
                                .status()))
                .containsOnly(200);
        int last = admin.get(path + "/config").body().at("/models/maxTokens").asInt();
        Eventually.passes(() -> {
            TenantSnapshot told = tenants.find(acme).orElseThrow();
            assertThat(told.settings().models().maxTokens()).isEqualTo(last);
            assertThat(told.version()).isEqualTo(18);
        });
    }

    @Test
    void suspensionIsAJobThatEndsWhenTheDataPlaneKnows() throws Exception {
        Answer suspended = platform.admin().post(path + "/suspend", "");
        assertThat(suspended.status()).isEqualTo(202);
        String job = suspended.raw().headers().firstValue("Location").orElseThrow();
        Eventually.passes(
                () -> assertThat(platform.admin().get(job).text("state")).isEqualTo("succeeded"));
        Eventually.passes(
                () -> assertThat(tenants.find(acme).orElseThrow().status()).isEqualTo(TenantStatus.SUSPENDED));
        assertThat(platform.admin().get(path).text("status")).isEqualTo("suspended");
        assertThat(platform.of(acme, Scope.TENANT_ADMIN).get(job).status()).isEqualTo(200);

        String globex = platform.admin().provision(Infrastructure.freshName("g").replace('_', '-'));
        assertThat(platform.of(globex, Scope.TENANT_ADMIN).get(job).status()).isEqualTo(404);

        assertThat(platform.of(acme, Scope.TENANT_ADMIN)
                        .post(path + "/activate", "")
                        .status())
                .isEqualTo(403);
        assertThat(platform.admin().post(path + "/activate", "").status()).isEqualTo(202);
        Eventually.passes(
                () -> assertThat(tenants.find(acme).orElseThrow().status()).isEqualTo(TenantStatus.ACTIVE));
        assertThat(platform.admin()
                        .post("/api/tenants/" + TenantPlatform.PLATFORM.id() + "/suspend", "")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aPlacementThatIsNoneOrTheTenantsOwnIsRefused() throws Exception {
        assertThat(platform.admin()
                        .post(path + "/placement", "{\"target\": \"pool\"}")
                        .status())
                .isEqualTo(409);
        assertThat(platform.admin()
                        .post(path + "/placement", "{\"target\": \"moon\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void republishingCountsWhatItSends() throws Exception {
        Answer answer = platform.admin().post("/api/tenants/republish", "");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.body().path("queued").path("plans.v1").asInt()).isEqualTo(4);
        assertThat(answer.body().path("queued").path("tenants.v1").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(answer.body().path("queued").path("api-keys.v1").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(platform.admin()
                        .post("/api/tenants/republish?topic=usage.v1", "")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void plansAreForAnyoneWithAKey() throws Exception {
        Answer answer = platform.of(acme, Scope.INFERENCE).get("/api/plans");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("plans").size()).isEqualTo(4);
        assertThat(answer.body().at("/plans/1/monthlyFee").asString()).isEqualTo("99");
    }

    private Answer call(Caller caller, String route) throws Exception {
        String[] parts = route.split(" ", 2);
        return caller.call(parts[0], path + parts[1], "{}");
    }

    private Answer patch(Caller caller, String body, String tag) throws Exception {
        return caller.call("PATCH", path + "/config", body, "If-Match", tag);
    }

    @FunctionalInterface
    interface Call {
        int status(int index) throws Exception;
    }

    private static List<Integer> concurrently(int callers, Call call) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int index = i;
                calls.add(executor.submit(() -> call.status(index)));
            }
            for (Future<Integer> running : calls) {
                statuses.add(running.get());
            }
        }
        return statuses;
    }
}
