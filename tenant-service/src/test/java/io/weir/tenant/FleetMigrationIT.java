package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.r2dbc.DatabaseRoles;
import io.weir.r2dbc.SitePreparation;
import io.weir.security.Scope;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Schemas of tenants as they were before the last release: without a single placed table.
class FleetMigrationIT {

    private static final Duration WAIT = Duration.ofMinutes(2);
    private static final int SCHEMAS = 8;

    private TenantPlatform platform;
    private final List<String> slugs = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        platform = TenantPlatform.start();
        for (int i = 0; i < SCHEMAS; i++) {
            String slug = Infrastructure.freshName("f").replace('_', '-');
            slugs.add(slug);
            emptySchemaFor(platform.admin().provision(slug), "tenant_f" + i);
        }
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    void bringsEverySiteUpToDateCanariesFirst() throws Exception {
        Answer begun = begin("{\"canaries\": [\"" + slugs.get(3) + "\"]}");
        assertThat(begun.status()).isEqualTo(202);
        assertThat(begun.body().path("sites").asInt()).isEqualTo(SCHEMAS + 2);
        JsonNode first = begun.body().path("progress").get(0);
        assertThat(first.path("site").asString()).isEqualTo("home/tenant_f3");
        assertThat(first.path("canary").asBoolean()).isTrue();

        JsonNode ended = end(begun.text("migrationId"));
        assertThat(ended.path("state").asString()).isEqualTo("succeeded");
        assertThat(ended.path("done").asInt()).isEqualTo(SCHEMAS + 2);
        for (int i = 0; i < SCHEMAS; i++) {
            assertThat(tables("tenant_f" + i)).isEqualTo(tables("tenant_f0")).isPositive();
        }
        // Once more: there is nothing to do anywhere.
        JsonNode again = end(begin("{}").text("migrationId"));
        assertThat(again.path("progress")).allMatch(site -> site.path("ran").isEmpty());
    }

    @Test
    void pausesBetweenSitesResumesAndTellsTheRestOfTheTime() throws Exception {
        String id = begin("{}").text("migrationId");
        Answer paused = platform.admin().post("/api/tenants/migrations/" + id + "/pause", "");
        assertThat(paused.status()).isEqualTo(202);
        assertThat(begin("{}").status()).isEqualTo(409);
        Answer twice = platform.admin().post("/api/tenants/migrations/" + id + "/pause", "");
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.text("detail")).contains("is paused and cannot be paused");

        assertThat(platform.admin()
                        .post("/api/tenants/migrations/" + id + "/resume", "")
                        .status())
                .isEqualTo(202);
        assertThat(end(id).path("state").asString()).isEqualTo("succeeded");
        assertThat(platform.admin()
                        .post("/api/tenants/migrations/" + id + "/resume", "")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void theSiteThatFailsIsNamedTheOthersFollowAndAResumeTriesItAgain() throws Exception {
        // A table in the way of the first placed migration that makes one.
        run("CREATE TABLE tenant_f2.audit_event (in_the_way int)");
        String id = begin("{\"onFailure\": \"skip\"}").text("migrationId");
        JsonNode ended = end(id);
        assertThat(ended.path("state").asString()).isEqualTo("failed");
        assertThat(ended.path("failed").asInt()).isEqualTo(1);
        assertThat(ended.path("done").asInt()).isEqualTo(SCHEMAS + 1);
        assertThat(ended.path("progress"))
                .filteredOn(site -> site.path("state").asString().equals("failed"))
                .singleElement()
                .satisfies(site -> {
                    assertThat(site.path("site").asString()).isEqualTo("home/tenant_f2");
                    assertThat(site.path("error").asString()).contains("already exists");
                });
        run("DROP TABLE tenant_f2.audit_event");
        assertThat(platform.admin()
                        .post("/api/tenants/migrations/" + id + "/resume", "")
                        .status())
                .isEqualTo(202);
        assertThat(end(id).path("state").asString()).isEqualTo("succeeded");
    }

    // What a kill leaves: a migration that runs, and a site that was begun.
    @Test
    void aServiceThatStartsGoesOnWithWhatAnotherLeft() throws Exception {
        String id = UUID.randomUUID().toString();
        platform.stopService();
        run(
                "INSERT INTO fleet_migration (migration_id, state, on_failure, contract, begun_by) VALUES ('" + id
                        + "', 'running', 'stop', false, 'key:test')",
                "INSERT INTO fleet_migration_site (migration_id, site, position, canary, state, started_at) VALUES ('"
                        + id + "', 'home/tenant_f0', 0, false, 'running', now()), ('" + id
                        + "', 'home/tenant_f1', 1, false, 'waiting', NULL)");
        platform.startService();
        assertThat(end(id).path("done").asInt()).isEqualTo(2);
        assertThat(tables("tenant_f1")).isPositive();
    }

    @Test
    void onlyPlatformAdminsMigrateAndBadRequestsNameTheirFields() throws Exception {
        String tenant = platform.admin().provision(Infrastructure.freshName("g").replace('_', '-'));
        for (String path : List.of("", "/" + UUID.randomUUID() + "/pause", "/" + UUID.randomUUID() + "/resume")) {
            assertThat(platform.of(tenant, Scope.TENANT_ADMIN)
                            .post("/api/tenants/migrations" + path, "{}")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(begin("{\"canaries\": [\"nobody\"]}").text("param")).isEqualTo("canaries[0]");
        assertThat(begin("{\"onFailure\": \"panic\"}").text("param")).isEqualTo("onFailure");
        assertThat(begin("{\"phase\": \"both\"}").text("param")).isEqualTo("phase");
        assertThat(begin("{\"canary\": \"x\"}").text("param")).isEqualTo("canary");
        assertThat(begin("[]").status()).isEqualTo(400);
        assertThat(platform.admin()
                        .get("/api/tenants/migrations/" + UUID.randomUUID())
                        .status())
                .isEqualTo(404);
        assertThat(platform.admin().get("/api/tenants/migrations/x").status()).isEqualTo(400);
    }

    @Test
    void whatWasRefusedIsNotRecordedAsDone() throws Exception {
        String none = UUID.randomUUID().toString();
        for (String order : List.of("pause", "resume")) {
            assertThat(platform.admin()
                            .post("/api/tenants/migrations/" + none + "/" + order, "")
                            .status())
                    .isEqualTo(404);
        }
        Answer begun = begin("{}");
        assertThat(begun.status()).isEqualTo(202);
        String id = begun.text("migrationId");
        end(id);
        assertThat(platform.admin()
                        .post("/api/tenants/migrations/" + id + "/pause", "")
                        .status())
                .isEqualTo(409);
        String audit = "/api/tenants/" + TenantPlatform.PLATFORM.id() + "/audit?action=migration&limit=1000";
        Eventually.passes(() ->
                assertThat(platform.admin().get(audit).raw().body()).contains("migration.begun", "migration:" + id));
        assertThat(platform.admin().get(audit).raw().body()).doesNotContain(none);
        platform.admin()
                .get(audit)
                .body()
                .path("events")
                .forEach(event -> assertThat(event.path("target").asString().contains(id)
                                && event.path("action").asString().equals("migration.paused"))
                        .isFalse());
    }

    private Answer begin(String body) throws Exception {
        return platform.admin().post("/api/tenants/migrations", body);
    }

    private JsonNode end(String id) {
        return Eventually.value(
                WAIT,
                () -> show(id),
                body -> List.of("succeeded", "failed")
                        .contains(body.path("state").asString()));
    }

    private JsonNode show(String id) {
        try {
            return platform.admin().get("/api/tenants/migrations/" + id).body();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private int tables(String schema) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM pg_tables WHERE schemaname = '" + schema + "'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private void emptySchemaFor(String tenant, String schema) throws SQLException {
        for (String sql : SitePreparation.schemaStatements(new DatabaseRoles(platform.database), schema)) {
            run(sql);
        }
        run(
                "INSERT INTO placement.database (name, kind, database, cap, state) VALUES ('home', 'home', '"
                        + platform.database + "', 500, 'open') ON CONFLICT (name) DO NOTHING",
                "INSERT INTO placement.site (tenant, site, schema_name, placement, epoch, state) VALUES ('" + tenant
                        + "', 'home', '" + schema + "', 'bridge', 1, 'active') ON CONFLICT (tenant) DO UPDATE"
                        + " SET site = 'home', schema_name = excluded.schema_name, placement = 'bridge', state = 'active'");
    }

    private void run(String... statements) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
