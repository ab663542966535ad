package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.EnvelopeKeyset;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Suspension, leaving, archives, coming back, and the end of a tenant.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OffboardingIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<TenantSnapshot> tenants;
    private SnapshotTable<ApiKeySnapshot> keys;
    private Path exports;
    private String slug = "";
    private String acme = "";
    private String path = "";

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        exports = directory.resolve("exports");
        Path keyset = directory.resolve("envelope.json");
        Files.writeString(keyset, EnvelopeKeyset.create().json());
        platform = TenantPlatform.startWith(
                Infrastructure.kafka(),
                Map.of("weir.exports.directory", exports, "weir.security.envelope-keyset", keyset));
        reader = platform.reader();
        tenants = reader.table(SnapshotTopic.TENANTS);
        keys = reader.table(SnapshotTopic.API_KEYS);
        reader.start();
    }

    @BeforeEach
    void aTenant() throws Exception {
        slug = Infrastructure.freshName("t").replace('_', '-');
        acme = platform.admin().provision(slug);
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

    private Answer offboard(Caller caller, int graceDays) throws Exception {
        return caller.post(path + "/offboard", "{\"graceDays\": " + graceDays + ", \"confirm\": \"" + slug + "\"}");
    }

    private Answer finished(String job) throws Exception {
        Eventually.passes(
                LONG,
                () -> assertThat(
                                platform.admin().get("/api/tenants/jobs/" + job).text("state"))
                        .isIn("succeeded", "failed"));
        return platform.admin().get("/api/tenants/jobs/" + job);
    }

    @Test
    void whoSuspendedATenantAloneBringsItBack() throws Exception {
        assertThat(admin().post(path + "/suspend", "{\"reason\": \"stolen laptop\"}")
                        .status())
                .isEqualTo(202);
        assertThat(admin().post(path + "/activate", "").status()).isEqualTo(202);
        assertThat(platform.admin()
                        .post(path + "/suspend", "{\"reason\": \"unpaid\"}")
                        .status())
                .isEqualTo(202);
        // A second suspension of its own does not make it the tenant's to lift.
        assertThat(admin().post(path + "/suspend", "").status()).isEqualTo(202);
        assertThat(admin().post(path + "/activate", "").status()).isEqualTo(403);
        assertThat(platform.admin().post(path + "/activate", "").status()).isEqualTo(202);
        assertThat(admin().post(path + "/suspend", "{\"reason\": 5}").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | confirm | {}",
                "400 | confirm | {\"confirm\": \"another\"}",
                "400 | graceDays | {\"confirm\": \"SLUG\", \"graceDays\": -1}",
                "400 | graceDays | {\"confirm\": \"SLUG\", \"graceDays\": 366}",
                "400 | grace | {\"confirm\": \"SLUG\", \"grace\": 1}"
            })
    void leavingIsMeantOrRefused(int status, String param, String body) throws Exception {
        Answer answer = admin().post(path + "/offboard", body.replace("SLUG", slug));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("param")).isEqualTo(param);
        assertThat(platform.admin()
                        .post(
                                "/api/tenants/" + TenantPlatform.PLATFORM.id() + "/offboard",
                                "{\"confirm\": \"platform\"}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aTenantThatLeavesIsRefusedExportedAndMayComeBack() throws Exception {
        Answer leaving = offboard(admin(), 30);
        assertThat(leaving.status()).as(leaving.toString()).isEqualTo(202);
        assertThat(leaving.text("eraseAfter")).isNotEmpty();
        Eventually.passes(() -> {
            assertThat(tenants.find(acme).orElseThrow().status()).isEqualTo(TenantStatus.OFFBOARDING);
            assertThat(tenants.find(acme).orElseThrow().erasedAfter()).isNotNull();
        });
        assertThat(platform.admin().get(path).text("status")).isEqualTo("offboarding");
        assertThat(offboard(platform.admin(), 30).status()).isEqualTo(409);
        assertThat(platform.admin().post(path + "/suspend", "").status()).isEqualTo(409);
        assertThat(platform.admin()
                        .post(path + "/plan", "{\"planTier\": \"free\"}")
                        .status())
                .isEqualTo(409);
        Answer waiting = platform.admin().get("/api/tenants/jobs/" + leaving.text("erasureJob"));
        assertThat(waiting.text("state")).isEqualTo("waiting");
        assertThat(waiting.body().path("etaSeconds").asLong()).isBetween(2_591_000L, 2_592_000L);
        finished(leaving.text("exportJob"));

        assertThat(platform.admin().post(path + "/activate", "").status()).isEqualTo(202);
        Eventually.passes(
                () -> assertThat(tenants.find(acme).orElseThrow().status()).isEqualTo(TenantStatus.ACTIVE));
        assertThat(platform.admin()
                        .get("/api/tenants/jobs/" + leaving.text("erasureJob"))
                        .text("state"))
                .isEqualTo("cancelled");
    }

    @Test
    void anArchiveHoldsWhatThereIsOfOneTenantAndNoSecret() throws Exception {
        String globex = platform.admin().provision(Infrastructure.freshName("g").replace('_', '-'));
        admin().call("PATCH", path + "/config", "{\"retentionDays\": 7}");
        admin().post(path + "/keys", "{\"name\": \"mine\"}");
        platform.of(globex, Scope.TENANT_ADMIN).post("/api/tenants/" + globex + "/keys", "{\"name\": \"theirs\"}");
        Answer begun = admin().post(path + "/exports", "");
        assertThat(begun.status()).isEqualTo(202);
        Answer job = finished(begun.text("jobId"));
        assertThat(job.text("state")).as(job.toString()).isEqualTo("succeeded");
        byte[] zip = platform.bytes(acme, path + "/exports/" + begun.text("jobId"));
        String sha = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(zip));
        assertThat(platform.lastHeader("Content-Digest")).isEqualTo("sha-256=:" + sha + ":");
        assertThat(zip).hasSize(job.body().at("/result/bytes").asInt());

        Map<String, String> files = unzipped(zip);
        assertThat(files.keySet())
                .contains("tenant.ndjson", "api_key.ndjson", "config_history.ndjson", "audit_event.ndjson");
        assertThat(files.get("tenant.ndjson")).contains(slug, "a@example.com");
        assertThat(files.get("tenant_config.ndjson")).contains("retentionDays");
        assertThat(files.getOrDefault("api_key.ndjson", "").lines()).hasSize(2);
        String everything = String.join("\n", files.values());
        assertThat(everything).contains("mine").doesNotContain("theirs", globex, "\"hash\"", "pepper");

        Path file = exports.resolve(acme + "_" + begun.text("jobId") + ".zip.sealed");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .doesNotContain("tenant.ndjson");
        // Neither another tenant nor another job's id opens it.
        assertThat(platform.of(globex, Scope.TENANT_ADMIN)
                        .get("/api/tenants/" + globex + "/exports/" + begun.text("jobId"))
                        .status())
                .isEqualTo(404);
        for (String wrong : List.of("x", "..%2f..%2fetc%2fpasswd", "%2e%2e", acme)) {
            assertThat(admin().get(path + "/exports/" + wrong).status())
                    .as(wrong)
                    .isBetween(400, 404);
        }
    }

    @Test
    void afterTheGraceNothingIsLeftButTheNameAndACertificate() throws Exception {
        String globex = platform.admin().provision(Infrastructure.freshName("g").replace('_', '-'));
        String key = admin().post(path + "/keys", "{}").text("keyId");
        admin().call("PATCH", path + "/config", "{\"retentionDays\": 7}");
        Eventually.passes(() -> assertThat(keys.find(key)).isPresent());
        Map<String, Long> others = rows(globex);
        Answer leaving = offboard(platform.admin(), 0);
        Answer job = finished(leaving.text("erasureJob"));
        assertThat(job.text("state")).as(job.toString()).isEqualTo("succeeded");
        assertThat(job.body().at("/result/registry/api_key").asInt()).isEqualTo(2);
        assertThat(job.body().at("/result/slug").asString()).isEqualTo(slug);
        Eventually.passes(() -> {
            assertThat(tenants.find(acme)).isEmpty();
            assertThat(keys.find(key)).isEmpty();
        });
        Map<String, Long> left = rows(acme);
        left.keySet().removeAll(List.of("tenant", "job", "audit_sequence"));
        assertThat(left).isEmpty();
        Map<String, Long> after = rows(globex);
        assertThat(after.keySet())
                .containsAll(others.keySet().stream()
                        .filter(table -> !table.contains("outbox"))
                        .toList());

        assertThat(platform.admin().get(path).text("status")).isEqualTo("erased");
        assertThat(platform.admin().get("/api/tenants?limit=200").raw().body()).doesNotContain(acme);
        assertThat(platform.admin().post(path + "/activate", "").status()).isEqualTo(409);
        Answer again = platform.admin()
                .post(
                        "/api/tenants/provision",
                        "{\"slug\": \"" + slug + "\", \"adminEmail\": \"a@example.com\", \"planTier\": \"free\"}");
        assertThat(again.status()).isEqualTo(409);
        String audit = "/api/tenants/" + TenantPlatform.PLATFORM.id() + "/audit";
        Eventually.passes(
                () -> assertThat(platform.admin().get(audit).raw().body()).contains("tenant.erased", acme));
    }

    private Map<String, Long> rows(String tenant) throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement()) {
            for (String table : tablesWithTenants(statement)) {
                try (ResultSet row = statement.executeQuery(
                        "SELECT count(*) FROM " + table + " WHERE tenant_id = '" + tenant + "'")) {
                    row.next();
                    if (row.getLong(1) > 0) {
                        counts.put(table, row.getLong(1));
                    }
                }
            }
        }
        return counts;
    }

    private static List<String> tablesWithTenants(Statement statement) throws SQLException {
        Map<String, Boolean> tables = new HashMap<>();
        try (ResultSet names = statement.executeQuery("""
                SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace""")) {
            while (names.next()) {
                tables.put(names.getString(1), true);
            }
        }
        return List.copyOf(tables.keySet());
    }

    private static Map<String, String> unzipped(byte[] zip) throws Exception {
        Map<String, String> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    @Test
    void everyTableWithTenantsIsExportedOrLeftOutForAReason() throws SQLException {
        // Numbers without content, and what is on its way to elsewhere.
        List<String> leftOut = List.of("outbox", "audit_outbox", "audit_sequence", "audit_parked");
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement()) {
            assertThat(tablesWithTenants(statement))
                    .containsExactlyInAnyOrderElementsOf(java.util.stream.Stream.concat(
                                    leftOut.stream(),
                                    List.of(
                                            "tenant",
                                            "tenant_config",
                                            "api_key",
                                            "member_grant",
                                            "provider_key",
                                            "job",
                                            "config_history",
                                            "member_profile",
                                            "audit_event",
                                            "audit_checkpoint",
                                            "audit_head")
                                            .stream())
                            .toList());
        }
    }
}
