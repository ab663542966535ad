package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.audit.AuditEvent;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditLogIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TenantPlatform platform;
    private AuditTopicWriter topic;

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.start();
        topic = new AuditTopicWriter(platform.kafka);
    }

    @AfterAll
    void stop() {
        topic.close();
        platform.close();
    }

    @Test
    void whatAnAdminDoesStandsInTheTenantsLogAndVerifies() throws Exception {
        String tenant = platform.admin().provision("trail");
        Caller admin = platform.of(tenant, Scope.TENANT_ADMIN);
        Answer key = admin.call(
                "POST",
                "/api/tenants/" + tenant + "/keys",
                "{}",
                "x-request-id",
                "r-77",
                "x-weir-client-address",
                "203.0.113.9");
        List<JsonNode> events = eventually(tenant, 1, "?action=key.created&actor=key:test");
        JsonNode created = events.getLast();
        assertThat(created.path("target").asString()).isEqualTo("key:" + key.text("keyId"));
        assertThat(created.path("requestId").asString()).isEqualTo("r-77");
        assertThat(created.path("sourceAddress").asString()).isEqualTo("203.0.113.9");
        assertThat(created.path("outcome").asString()).isEqualTo("succeeded");
        assertThat(created.path("afterDigest").asString()).hasSize(64);
        assertThat(created.toString()).doesNotContain(key.text("apiKey").substring(22));
        Eventually.passes(PATIENCE, () -> {
            Answer verdict = admin.post("/api/tenants/" + tenant + "/audit/verify", "");
            assertThat(verdict.body().path("verified").asBoolean())
                    .as(verdict.body().toString())
                    .isTrue();
            assertThat(verdict.body().path("checkpoints").asLong()).isPositive();
            assertThat(verdict.body().path("unsealed").asLong()).isZero();
            assertThat(verdict.body().path("exported").asBoolean()).isTrue();
        });
    }

    @Test
    void aCheckpointThatAProcessDidNotExportBeforeItDiedIsExportedByAnother() throws Exception {
        String tenant = platform.admin().provision("left-out");
        Caller admin = platform.of(tenant, Scope.TENANT_ADMIN);
        for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
            int least = checkpoint;
            Eventually.passes(PATIENCE, () -> assertThat(exports(tenant)).hasSizeGreaterThanOrEqualTo(least));
            assertThat(admin.post("/api/tenants/" + tenant + "/keys", "{}").status())
                    .isEqualTo(201);
        }
        platform.stopService();
        List<Path> before = exports(tenant);
        // The one of the process that died. Others went on behind it.
        Files.delete(before.get(1));
        platform.startService();
        Eventually.passes(PATIENCE, () -> assertThat(exports(tenant)).containsAll(before));
        Answer verdict = admin.post("/api/tenants/" + tenant + "/audit/verify", "");
        assertThat(verdict.body().path("verified").asBoolean())
                .as(verdict.body().toString())
                .isTrue();
    }

    private List<Path> exports(String tenant) throws IOException {
        Path own = platform.auditExports().resolve(tenant);
        if (!Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(own)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void repeatedEventsAreStoredOnceAndNumbersHaveNoGap() throws Exception {
        String tenant = platform.admin().provision("twice");
        TenantId id = TenantId.of(tenant);
        List<AuditEvent> events = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            events.add(AuditTopicWriter.event(id, "test/run", i, "event-" + i));
        }
        for (AuditEvent event : events) {
            topic.send(event);
            topic.send(event);
        }
        for (AuditEvent event : events.reversed()) {
            topic.send(event);
        }
        topic.send(AuditTopicWriter.event(id, "test/run", 51, "last"));
        List<JsonNode> stored = eventually(tenant, 51, "?action=test");
        assertThat(stored.stream().map(one -> one.path("target").asString()))
                .doesNotHaveDuplicates()
                .hasSize(51);
        List<JsonNode> all = eventually(tenant, 51, "");
        assertThat(all.stream().map(one -> one.path("seq").asLong()))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, all.size()).boxed().toList());
    }

    @Test
    void aRecordThatContradictsItselfOrAnotherGoesToTheDeadLetters() throws Exception {
        String acme = platform.admin().provision("acme-dead");
        String globex = platform.admin().provision("globex-dead");
        AuditEvent theirs = AuditTopicWriter.event(TenantId.of(globex), "test/dead", 1, "planted");
        topic.send(TenantId.of(acme), io.weir.audit.AuditCodec.write(theirs));
        topic.send(TenantId.of(acme), "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        topic.send(AuditTopicWriter.event(new TenantId(java.util.UUID.randomUUID()), "test/dead", 1, "nobody"));
        topic.send(AuditTopicWriter.event(TenantId.of(acme), "test/dead", 1, "first"));
        topic.send(AuditTopicWriter.event(TenantId.of(acme), "test/dead", 1, "second of the same number"));
        topic.send(AuditTopicWriter.event(TenantId.of(acme), "test/dead", 2, "next"));
        List<JsonNode> stored = eventually(acme, 2, "?action=test");
        assertThat(stored.stream().map(one -> one.path("target").asString())).containsExactly("first", "next");
        Eventually.passes(
                PATIENCE,
                () -> assertThat(topic.deadLetters())
                        .hasSizeGreaterThanOrEqualTo(4)
                        .anyMatch(why -> why.contains("different tenants"))
                        .anyMatch(why -> why.contains("no audit event"))
                        .anyMatch(why -> why.contains("there is no tenant"))
                        .anyMatch(why -> why.contains("another event's")));
        assertThat(list(globex, "?action=test")).isEmpty();
    }

    @Test
    void anotherTenantsLogIsNotSeenByAnyPath() throws Exception {
        String acme = platform.admin().provision("acme-eyes");
        String globex = platform.admin().provision("globex-eyes");
        topic.send(AuditTopicWriter.event(TenantId.of(globex), "test/eyes", 1, "secret-of-globex"));
        eventually(globex, 1, "?action=test");
        Caller thief = platform.of(acme, Scope.TENANT_ADMIN);
        for (String path : List.of("", "/export")) {
            assertThat(thief.get("/api/tenants/" + globex + "/audit" + path).status())
                    .isEqualTo(403);
        }
        assertThat(thief.post("/api/tenants/" + globex + "/audit/verify", "").status())
                .isEqualTo(403);
        assertThat(platform.of(globex, Scope.ANALYTICS, Scope.INFERENCE, Scope.BILLING)
                        .get("/api/tenants/" + globex + "/audit")
                        .status())
                .isEqualTo(403);
        assertThat(thief.get("/api/tenants/" + acme + "/audit?limit=1000").raw().body())
                .doesNotContain("secret-of-globex");
        assertThat(platform.admin()
                        .get("/api/tenants/" + globex + "/audit")
                        .raw()
                        .body())
                .contains("secret-of-globex");
    }

    @Test
    void pagesAndTheExportGiveEveryRecordOnceAndResumeAtACursor() throws Exception {
        String tenant = platform.admin().provision("pages");
        for (int i = 1; i <= 25; i++) {
            topic.send(AuditTopicWriter.event(TenantId.of(tenant), "test/pages", i, "page-" + i));
        }
        List<JsonNode> all = eventually(tenant, 25, "?action=test");
        Caller admin = platform.of(tenant, Scope.TENANT_ADMIN);
        List<String> paged = new ArrayList<>();
        String cursor = "0";
        while (!cursor.isEmpty()) {
            Answer page = admin.get("/api/tenants/" + tenant + "/audit?action=test&limit=10&after=" + cursor);
            page.body()
                    .path("events")
                    .forEach(one -> paged.add(one.path("target").asString()));
            cursor = page.body().path("next").asString("");
        }
        assertThat(paged)
                .hasSize(25)
                .doesNotHaveDuplicates()
                .startsWith("page-1")
                .endsWith("page-25");
        long tenth = all.get(9).path("seq").asLong();
        List<String> lines = platform.exportLines(tenant, "?action=test&after=" + tenth);
        assertThat(lines).hasSize(15).allMatch(line -> line.startsWith("{") && line.contains("\"seq\":"));
    }

    @Test
    void badParametersAreAllNamed() throws Exception {
        String tenant = platform.admin().provision("params");
        Answer answer = platform.of(tenant, Scope.TENANT_ADMIN)
                .get("/api/tenants/" + tenant + "/audit?after=x&limit=0&action=A%25&from=yesterday&actor=");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("detail")).contains("after", "limit", "action", "from", "actor");
        assertThat(answer.text("param")).isEqualTo("after");
    }

    @Test
    void theAppRoleCanNeitherChangeNorRemoveWhatIsStored() throws Exception {
        try (Connection connection = platform.as("app");
                Statement statement = connection.createStatement()) {
            for (String attack : List.of(
                    "UPDATE audit_event SET actor = 'x'",
                    "DELETE FROM audit_event",
                    "TRUNCATE audit_event",
                    "UPDATE audit_checkpoint SET root = ''",
                    "DELETE FROM audit_checkpoint",
                    "DELETE FROM audit_head",
                    "DELETE FROM audit_outbox",
                    "UPDATE audit_outbox SET payload = ''",
                    "DROP TABLE audit_event")) {
                try {
                    statement.execute(attack);
                    throw new AssertionError("not refused: " + attack);
                } catch (SQLException refused) {
                    assertThat(refused.getMessage()).as(attack).matches("(?s).*(permission denied|must be owner).*");
                }
            }
        }
    }

    private List<JsonNode> list(String tenant, String query) throws Exception {
        Answer answer = platform.admin()
                .get("/api/tenants/" + tenant + "/audit" + query + (query.isEmpty() ? "?" : "&") + "limit=1000");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().path("events").valueStream().toList();
    }

    private List<JsonNode> eventually(String tenant, int atLeast, String query) {
        List<JsonNode> found = new ArrayList<>();
        Eventually.passes(PATIENCE, () -> {
            found.clear();
            found.addAll(list(tenant, query));
            assertThat(found).hasSizeGreaterThanOrEqualTo(atLeast);
        });
        return found;
    }
}
