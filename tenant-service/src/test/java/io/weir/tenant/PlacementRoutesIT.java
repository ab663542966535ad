package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Tenants begin where their plan or their operator says, and move while the service serves them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlacementRoutesIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<TenantSnapshot> tenants;

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.startWith(
                Infrastructure.kafka(),
                Map.of(
                        "weir.placement.drain",
                        "1s",
                        "weir.placement.recheck",
                        "200ms",
                        "weir.placement.bridge-cap",
                        "3",
                        "weir.placement.bridge-databases",
                        "2"));
        reader = platform.reader();
        tenants = reader.table(SnapshotTopic.TENANTS);
        reader.start();
    }

    @AfterAll
    void stop() {
        reader.stop();
        platform.close();
    }

    @Test
    void aTenantMovesFromPoolToBridgeToSiloAndBack() throws Exception {
        String tenant = provision("mover", "growth", null);
        assertThat(placement(tenant)).isEqualTo("pool");
        for (String target : new String[] {"bridge", "silo", "pool"}) {
            TenantPlatform.Answer job = move(tenant, target);
            assertThat(job.status()).isEqualTo(202);
            assertThat(job.body().path("result").path("target").asString()).isEqualTo(target);
            assertThat(config(tenant, "note-" + target).status()).isEqualTo(200);
            Eventually.passes(LONG, () -> {
                TenantPlatform.Answer now = platform.admin().get("/api/tenants/jobs/" + job.text("jobId"));
                assertThat(now.text("state")).as(now.body().toString()).isEqualTo("succeeded");
                assertThat(now.body().path("progress").asDouble()).isEqualTo(1);
            });
            assertThat(placement(tenant)).isEqualTo(target);
            assertThat(config(tenant, "after-" + target).status()).isEqualTo(200);
        }
        Eventually.passes(
                LONG,
                () -> assertThat(tenants.find(tenant).orElseThrow().placement().wireName())
                        .isEqualTo("pool"));
    }

    @Test
    void anEnterpriseTenantBeginsOnTheBridgeAndASiloIsForTheAsking() throws Exception {
        String bridge = provision("bank", "enterprise", null);
        assertThat(placement(bridge)).isEqualTo("bridge");
        assertThat(schemas("tenant_bank")).isOne();
        String silo = provision("hospital", "enterprise", "silo");
        assertThat(placement(silo)).isEqualTo("silo");
        assertThat(databases("_silo_" + silo.substring(24))).isOne();
        assertThat(config(bridge, "x").status()).isEqualTo(200);
        assertThat(config(silo, "x").status()).isEqualTo(200);
    }

    @Test
    void aTakenSlugLeavesNoPlaceBehind() throws Exception {
        provision("twice", "growth", null);
        TenantPlatform.Answer second = platform.admin()
                .post(
                        "/api/tenants/provision",
                        "{\"slug\": \"twice\", \"adminEmail\": \"a@example.com\", \"planTier\": \"enterprise\","
                                + " \"placement\": \"silo\"}");
        assertThat(second.status()).isEqualTo(409);
        Eventually.passes(() -> assertThat(count("SELECT count(*) FROM placement.site WHERE state = 'preparing'"))
                .isZero());
    }

    @Test
    void ofManyWhoMakeATenantOfOneNameAtOnceOneSucceedsAndTheOthersHearWhy() throws Exception {
        for (String placement : new String[] {"pool", "bridge", "silo"}) {
            String body = body("race-" + placement, "enterprise", placement);
            List<Integer> statuses = new ArrayList<>();
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Integer>> calls = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    calls.add(executor.submit(() -> platform.admin()
                            .post("/api/tenants/provision", body)
                            .status()));
                }
                for (Future<Integer> call : calls) {
                    statuses.add(call.get());
                }
            }
            assertThat(statuses).as(placement).containsOnly(201, 409).containsOnlyOnce(201);
        }
    }

    @Test
    void whatCannotBeIsRefusedByName() throws Exception {
        String tenant = provision("stayer", "growth", null);
        assertThat(move(tenant, "pool").status()).isEqualTo(409);
        TenantPlatform.Answer unknown = move(tenant, "moon");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.raw().body()).contains("pool, bridge, silo");
        TenantPlatform.Answer beyond = platform.of(tenant, Scope.TENANT_ADMIN)
                .post("/api/tenants/" + tenant + "/placement", "{\"target\": \"silo\"}");
        assertThat(beyond.status()).isEqualTo(422);
        assertThat(platform.admin()
                        .post("/api/tenants/" + UUID.randomUUID() + "/placement", "{\"target\": \"silo\"}")
                        .status())
                .isEqualTo(404);
        assertThat(platform.of(tenant, Scope.TENANT_ADMIN)
                        .get("/api/tenants/placement/capacity")
                        .status())
                .isEqualTo(403);
    }

    private String provision(String slug, String plan, @org.jspecify.annotations.Nullable String placement)
            throws Exception {
        TenantPlatform.Answer answer = platform.admin().post("/api/tenants/provision", body(slug, plan, placement));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        return answer.text("tenantId");
    }

    private static String body(String slug, String plan, @org.jspecify.annotations.Nullable String placement) {
        return "{\"slug\": \"" + slug + "\", \"adminEmail\": \"a@example.com\", \"planTier\": \"" + plan + "\""
                + (placement == null ? "" : ", \"placement\": \"" + placement + "\"") + "}";
    }

    private TenantPlatform.Answer move(String tenant, String target) throws Exception {
        return platform.admin().post("/api/tenants/" + tenant + "/placement", "{\"target\": \"" + target + "\"}");
    }

    private TenantPlatform.Answer config(String tenant, String model) throws Exception {
        return platform.admin()
                .call("PATCH", "/api/tenants/" + tenant + "/config", "{\"models\": {\"default\": \"" + model + "\"}}");
    }

    private String placement(String tenant) throws Exception {
        return platform.admin().get("/api/tenants/" + tenant).text("placement");
    }

    private long schemas(String name) throws SQLException {
        return count("SELECT count(*) FROM pg_namespace WHERE nspname = ?", name);
    }

    private long databases(String part) throws SQLException {
        return count("SELECT count(*) FROM pg_database WHERE datname LIKE ?", platform.database + part + "%");
    }

    private long count(String sql, String... values) throws SQLException {
        try (Connection superuser = platform.asSuperuser();
                PreparedStatement statement = superuser.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
