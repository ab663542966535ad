package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/// Quotas, and plans that are changed within them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuotasIT {

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<TenantSnapshot> tenants;
    private HttpServer analytics;
    private volatile String usage = "";
    private String acme = "";
    private String path = "";

    @BeforeAll
    void start() throws Exception {
        analytics = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        analytics.createContext("/api/v1/tenants/", exchange -> {
            boolean proven = exchange.getRequestHeaders().getFirst("x-weir-passport") != null;
            byte[] body = usage.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(proven && body.length > 0 ? 200 : 503, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        analytics.start();
        platform = TenantPlatform.startWith(
                Infrastructure.kafka(),
                Map.of(
                        "weir.services.analytics",
                        "http://127.0.0.1:" + analytics.getAddress().getPort()));
        reader = platform.reader();
        tenants = reader.table(SnapshotTopic.TENANTS);
        reader.start();
    }

    @BeforeEach
    void aTenant() throws Exception {
        acme = platform.admin().provision(Infrastructure.freshName("t").replace('_', '-'));
        path = "/api/tenants/" + acme;
        usage = "{\"requests_this_hour\": 12, \"tokens_this_month\": 40000, \"cost_this_month\": 1}";
    }

    @AfterAll
    void stop() {
        reader.stop();
        platform.close();
        analytics.stop(0);
    }

    private Caller admin() {
        return platform.of(acme, Scope.TENANT_ADMIN);
    }

    private JsonNode quota(String name) throws Exception {
        for (JsonNode quota : admin().get(path + "/quotas").body().path("quotas")) {
            if (quota.path("name").asString().equals(name)) {
                return quota;
            }
        }
        throw new AssertionError("no quota " + name);
    }

    private Answer plan(Caller caller, String plan) throws Exception {
        return caller.post(path + "/plan", "{\"planTier\": \"" + plan + "\"}");
    }

    @Test
    void everyQuotaSaysItsLimitItsKindItsSourceAndItsUse() throws Exception {
        JsonNode requests = quota("requestsPerHour");
        assertThat(requests.path("limit").asInt()).isEqualTo(500);
        assertThat(requests.path("kind").asString()).isEqualTo("hard");
        assertThat(requests.path("source").asString()).isEqualTo("plan");
        assertThat(requests.path("used").asInt()).isEqualTo(12);
        assertThat(requests.path("warnAt").asInt()).isEqualTo(400);
        assertThat(quota("tokensPerMonth").path("kind").asString()).isEqualTo("priced");
        assertThat(quota("callsPerMonth").path("kind").asString()).isEqualTo("priced");
        assertThat(quota("keys").path("used").asInt()).isEqualTo(1);
        assertThat(quota("members").path("used").asInt()).isZero();
        assertThat(quota("documents").path("limit").asInt()).isEqualTo(10_000);
        assertThat(quota("documents").path("used").isNull()).isTrue();
        assertThat(quota("storageMb").path("limit").asInt()).isEqualTo(1_024);
        assertThat(quota("databaseConnections").path("limit").asInt()).isEqualTo(10);

        platform.admin().call("PATCH", path + "/config", "{\"limits\": {\"requestsPerHour\": 10, \"keys\": 1}}");
        assertThat(quota("requestsPerHour").path("source").asString()).isEqualTo("tenant");
        assertThat(quota("requestsPerHour").path("exceeded").asBoolean()).isTrue();
        assertThat(quota("keys").path("warning").asBoolean()).isTrue();
        Answer refused = admin().post(path + "/keys", "{}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("param")).isEqualTo("limits.keys");
    }

    @Test
    void whatTheAnalyticsServiceDoesNotTellIsNotKnown() throws Exception {
        usage = "";
        assertThat(quota("requestsPerHour").path("used").isNull()).isTrue();
        assertThat(quota("requestsPerHour").path("exceeded").asBoolean()).isFalse();
        usage = "{\"requests_this_hour\": \"many\"}";
        assertThat(quota("tokensPerMonth").path("used").isNull()).isTrue();
        assertThat(quota("keys").path("used").asInt()).isEqualTo(1);
    }

    @Test
    void aPlanIsChangedAtOnceAndTheDataPlaneTold() throws Exception {
        Answer up = plan(admin(), "enterprise");
        assertThat(up.status()).as(up.toString()).isEqualTo(200);
        assertThat(up.text("formerPlanTier")).isEqualTo("growth");
        Eventually.passes(
                () -> assertThat(tenants.find(acme).orElseThrow().plan()).isEqualTo("enterprise"));
        assertThat(quota("requestsPerHour").path("limit").asInt()).isEqualTo(5_000);
        assertThat(quota("callsPerMonth").path("kind").asString()).isEqualTo("soft");
        assertThat(plan(admin(), "pro").body().path("planTier").asString()).isEqualTo("growth");
        assertThat(plan(admin(), "growth").status()).isEqualTo(409);
        assertThat(plan(admin(), "professional").status()).isEqualTo(409);
        Answer unknown = plan(admin(), "platinum");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text("param")).isEqualTo("planTier");
        assertThat(unknown.text("detail")).contains("free, starter, growth, enterprise");
        Answer reserved = platform.admin()
                .post("/api/tenants/" + TenantPlatform.PLATFORM.id() + "/plan", "{\"planTier\": \"free\"}");
        assertThat(reserved.status()).isEqualTo(422);
    }

    @Test
    void aSmallerPlanIsRefusedWithEverythingThatExceedsIt() throws Exception {
        usage = "{\"requests_this_hour\": 60, \"tokens_this_month\": 60000, \"cost_this_month\": 1}";
        assertThat(plan(admin(), "enterprise").status()).isEqualTo(200);
        for (int i = 0; i < 10; i++) {
            admin().post(path + "/keys", "{}");
        }
        admin().call(
                        "PATCH",
                        path + "/config",
                        "{\"features\": {\"agenticTools\": true}, \"limits\": {\"documents\": 20000}}");
        Answer refused = plan(admin(), "free");
        assertThat(refused.status()).as(refused.toString()).isEqualTo(422);
        List<String> names = refused.body()
                .path("exceeds")
                .valueStream()
                .map(one -> one.path("name").asString() + " " + one.path("used").asInt() + "/"
                        + one.path("allowed").asInt())
                .toList();
        assertThat(names)
                .contains(
                        "keys 11/10",
                        "tokensPerMonth 60000/50000",
                        "requestsPerHour 60/50",
                        "features.agenticTools 1/0",
                        "limits.documents 20000/1000");
        assertThat(refused.text("detail")).contains("keys 11 of 10");
        assertThat(platform.admin().get(path).text("planTier")).isEqualTo("enterprise");
        assertThat(plan(admin(), "starter").status()).isEqualTo(422);
        admin().call(
                        "PATCH",
                        path + "/config",
                        "{\"features\": {\"agenticTools\": null}, \"limits\": {\"documents\": null}}");
        assertThat(plan(admin(), "starter").status()).isEqualTo(200);
    }
}
