package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The end of a tenant, wherever its rows are, and whatever happens in the middle of it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlacedErasureIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private TenantPlatform platform;

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.startWith(
                Infrastructure.kafka(), Map.of("weir.placement.drain", "1s", "weir.placement.recheck", "200ms"));
    }

    @AfterAll
    void stop() {
        platform.close();
    }

    /// @param schema of its placed rows
    /// @param database of its placed rows
    private record Resident(String id, String slug, String schema, String database) {}

    private Resident resident(String placement) throws Exception {
        String slug = Infrastructure.freshName("t").replace('_', '-');
        Answer made = platform.admin()
                .post(
                        "/api/tenants/provision",
                        "{\"slug\": \"" + slug + "\", \"adminEmail\": \"a@example.com\", \"planTier\": \"enterprise\","
                                + " \"placement\": \"" + placement + "\"}");
        assertThat(made.status()).as(made.toString()).isEqualTo(201);
        String id = made.text("tenantId");
        String path = "/api/tenants/" + id;
        TenantPlatform.Caller admin = platform.of(id, Scope.TENANT_ADMIN);
        assertThat(admin.call("PATCH", path + "/config", "{\"retentionDays\": 7}")
                        .status())
                .isEqualTo(200);
        assertThat(admin.post(path + "/members", "{\"email\": \"ann@example.com\", \"role\": \"tenant-admin\"}")
                        .status())
                .isEqualTo(201);
        Eventually.passes(LONG, () -> {
            assertThat(admin.get(path + "/audit").raw().body()).contains("member.added");
            assertThat(strings("SELECT version FROM tenant_config WHERE NOT copied AND tenant_id = '" + id + "'"))
                    .isEmpty();
        });
        return new Resident(
                id,
                slug,
                placement.equals("bridge") ? made.text("schemaName") : "public",
                placement.equals("silo") ? silo(id) : platform.database);
    }

    private String silo(String tenant) throws SQLException {
        return strings("SELECT d.database FROM placement.site s JOIN placement.database d ON d.name = s.site"
                        + " WHERE s.tenant = '" + tenant + "'")
                .getFirst();
    }

    private String offboard(Resident tenant) throws Exception {
        Answer leaving = platform.admin()
                .post(
                        "/api/tenants/" + tenant.id() + "/offboard",
                        "{\"graceDays\": 0, \"confirm\": \"" + tenant.slug() + "\"}");
        assertThat(leaving.status()).as(leaving.toString()).isEqualTo(202);
        return leaving.text("erasureJob");
    }

    private Answer job(String id) throws Exception {
        return platform.admin().get("/api/tenants/jobs/" + id);
    }

    private void succeeds(String job) throws Exception {
        Eventually.passes(LONG, () -> {
            Answer now = job(job);
            assertThat(now.text("state")).as(now.toString()).isEqualTo("succeeded");
        });
        Answer done = job(job);
        // What was there was counted before it went, once.
        assertThat(done.body().at("/result/placed/member_profile").asInt()).isOne();
        assertThat(done.body().at("/result/placed/config_history").asInt()).isEqualTo(2);
        assertThat(done.body().at("/result/placed/audit_event").asInt()).isGreaterThanOrEqualTo(3);
        assertThat(done.body().at("/result/registry/api_key").asInt()).isOne();
    }

    private void nothingIsLeftOf(Resident tenant) throws SQLException {
        assertThat(strings("SELECT datname FROM pg_database WHERE datname LIKE '" + platform.database + "_silo_"
                        + tenant.id().substring(24) + "%'"))
                .isEmpty();
        assertThat(strings("SELECT nspname FROM pg_namespace WHERE nspname = 'tenant_"
                        + tenant.slug().replace('-', '_') + "'"))
                .isEmpty();
        assertThat(strings("SELECT site FROM placement.site WHERE tenant = '" + tenant.id() + "'"))
                .isEmpty();
        assertThat(strings("SELECT name FROM placement.database WHERE kind = 'silo' AND name LIKE 'silo_"
                        + tenant.id().substring(24) + "%'"))
                .isEmpty();
        for (String table : List.of(
                "config_history",
                "member_profile",
                "audit_event",
                "audit_checkpoint",
                "audit_head",
                "audit_parked",
                "api_key",
                "tenant_config",
                "member_grant",
                "provider_key",
                "outbox")) {
            assertThat(strings("SELECT tenant_id FROM public." + table + " WHERE tenant_id = '" + tenant.id() + "'"))
                    .as(table)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pool", "bridge", "silo"})
    void anErasedTenantLeavesNothingAtItsPlaceAndOthersKeepAll(String placement) throws Exception {
        Resident other = resident(placement);
        Resident tenant = resident(placement);
        succeeds(offboard(tenant));
        nothingIsLeftOf(tenant);
        String path = "/api/tenants/" + other.id();
        TenantPlatform.Caller admin = platform.of(other.id(), Scope.TENANT_ADMIN);
        assertThat(admin.get(path + "/members").raw().body()).contains("ann@example.com");
        assertThat(admin.get(path + "/config/history").body().path("versions")).hasSize(2);
        assertThat(admin.post(path + "/audit/verify", "")
                        .body()
                        .path("verified")
                        .asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pool", "bridge", "silo"})
    void nothingIsWrittenForATenantThatIsErased(String placement) throws Exception {
        Resident tenant = resident(placement);
        succeeds(offboard(tenant));
        String path = "/api/tenants/" + tenant.id();
        for (String[] call : new String[][] {
            {"POST", "/keys", "{}"},
            {"PATCH", "/config", "{\"retentionDays\": 9}"},
            {"POST", "/members", "{\"email\": \"eve@example.com\", \"role\": \"tenant-admin\"}"},
            {"POST", "/exports", ""},
            {"POST", "/suspend", ""},
            {"POST", "/placement", "{\"target\": \"silo\"}"},
            {"GET", "/audit", null},
            {"GET", "/config/history", null}
        }) {
            assertThat(platform.admin().call(call[0], path + call[1], call[2]).status())
                    .as(call[1])
                    .isEqualTo(409);
            // With a passport from before, too.
            if (call[2] != null) {
                assertThat(platform.of(tenant.id(), Scope.TENANT_ADMIN)
                                .call(call[0], path + call[1], call[2])
                                .status())
                        .as(call[1])
                        .isIn(409, 422);
            }
        }
        try (AuditTopicWriter topic = new AuditTopicWriter(platform.kafka)) {
            topic.send(AuditTopicWriter.event(TenantId.of(tenant.id()), "late", 1, "late"));
            // Of its own partition, so that it tells when the late one was read.
            topic.send(AuditTopicWriter.event(TenantId.of(tenant.id()), "late", 2, "late"));
        }
        Resident next = resident("pool");
        assertThat(next.id()).isNotEmpty();
        Eventually.passes(LONG, () -> assertThat(lag()).isZero());
        nothingIsLeftOf(tenant);
    }

    private long lag() throws Exception {
        return AuditTopicWriter.lag(platform.kafka);
    }

    @Test
    void aStepThatFailsAndAServiceThatRestartsDoNotStopTheErasureOfABridge() throws Exception {
        Resident tenant = resident("bridge");
        String job;
        try (Connection reader = platform.asSuperuser();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            // Somebody's backup: the schema cannot be dropped.
            statement.execute("LOCK TABLE " + tenant.schema() + ".audit_event IN ACCESS SHARE MODE");
            job = offboard(tenant);
            Eventually.passes(LONG, () -> assertThat(job(job).text("error")).contains("lock timeout"));
            platform.stopService();
            assertThat(strings("SELECT nspname FROM pg_namespace WHERE nspname = '" + tenant.schema() + "'"))
                    .hasSize(1);
            reader.rollback();
        }
        platform.startService();
        succeeds(job);
        nothingIsLeftOf(tenant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bridge", "silo"})
    void aKillRightAfterThePlaceIsGoneIsMadeGoodByTheNextProcess(String placement) throws Exception {
        Resident tenant = resident(placement);
        String job;
        try (Connection blocker = platform.asSuperuser();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            // The registry's row cannot be removed: the place is gone, and the job no further.
            statement.execute("SELECT 1 FROM placement.site WHERE tenant = '" + tenant.id() + "' FOR SHARE");
            job = offboard(tenant);
            Eventually.passes(LONG, () -> assertThat(placeOf(tenant)).isEmpty());
            blocker.rollback();
        }
        // As a process that was killed leaves it: claimed, with the place gone and the registry as it was.
        platform.stopService();
        try (Connection superuser = platform.asSuperuser();
                Statement statement = superuser.createStatement()) {
            statement.execute("UPDATE job SET claimed_until = now() - interval '1 second' WHERE job_id = '" + job
                    + "' AND state = 'running'");
        }
        platform.startService();
        succeeds(job);
        nothingIsLeftOf(tenant);
    }

    private List<String> placeOf(Resident tenant) throws SQLException {
        return tenant.schema().equals("public")
                ? strings("SELECT datname FROM pg_database WHERE datname = '" + tenant.database() + "'")
                : strings("SELECT nspname FROM pg_namespace WHERE nspname = '" + tenant.schema() + "'");
    }

    @Test
    void aMoveIsWaitedForSoThatItLeavesNothingAtItsOtherEnd() throws Exception {
        Resident tenant = resident("pool");
        String job;
        try (Connection superuser = platform.asSuperuser();
                PreparedStatement move = superuser.prepareStatement("""
                        INSERT INTO placement.move (tenant, move_id, from_site, from_schema, target, to_site, to_schema,
                            state, ended_at) VALUES (?::uuid, gen_random_uuid(), 'home', 'public', 'bridge', 'gone', 'x',
                            'failed', now())""")) {
            move.setString(1, tenant.id());
            move.execute();
            job = offboard(tenant);
            Eventually.passes(LONG, () -> assertThat(job(job).text("error")).contains("a move of the tenant"));
            try (Statement cleared = superuser.createStatement()) {
                cleared.execute("UPDATE placement.move SET cleared = true WHERE tenant = '" + tenant.id() + "'");
            }
        }
        succeeds(job);
        nothingIsLeftOf(tenant);
    }

    private List<String> strings(String sql) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
