package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.KeyPairFiles;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.tenancy.TenantId;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/// Whoever rules the database changes a log that is sealed: each time the verification names the first
/// record that does not hold.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditTamperIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int EVENTS = 12;

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
    void aChangedRecordIsNamedWhicheverColumnWasChanged() throws Exception {
        String tenant = sealed("changed");
        for (String column : List.of(
                "actor = 'key:somebody'",
                "target = 'another'",
                "action = 'test.other'",
                "outcome = 'refused'",
                "at = at + interval '1 microsecond'",
                "stored_at = stored_at + interval '1 microsecond'",
                "detail = 'said later'",
                "request_id = 'r-1'",
                "source_address = 'not an address'",
                "before_digest = repeat('0', 64)",
                "source = 'billing'",
                "producer = 'test/other'",
                "event_id = gen_random_uuid()",
                "outcome = 'nonsense'",
                "actor = repeat('x', 5000)")) {
            String name = column.substring(0, column.indexOf(' '));
            sql(
                    "CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM audit_event WHERE false",
                    "DELETE FROM kept",
                    "INSERT INTO kept SELECT * FROM audit_event WHERE tenant_id = '" + tenant + "' AND seq = 7",
                    "UPDATE audit_event SET " + column + " WHERE tenant_id = '" + tenant + "' AND seq = 7");
            assertBroken(tenant, 7, "changed");
            sql("UPDATE audit_event e SET " + name + " = k." + name
                    + " FROM kept k WHERE e.tenant_id = k.tenant_id AND e.seq = k.seq");
            assertThat(verify(tenant).path("verified").asBoolean()).as(column).isTrue();
        }
        sql("DROP TABLE kept");
    }

    @Test
    void aRemovedRecordIsNamedAndSoIsACutOffEnd() throws Exception {
        String tenant = sealed("removed");
        sql("DELETE FROM audit_event WHERE tenant_id = '" + tenant + "' AND seq = 5");
        assertBroken(tenant, 5, "missing");
        String shorter = sealed("shorter");
        long last = last(shorter);
        sql(
                "DELETE FROM audit_event WHERE tenant_id = '" + shorter + "' AND seq = " + last,
                "UPDATE audit_head SET last = last - 1 WHERE tenant_id = '" + shorter + "'");
        assertBroken(shorter, last, "missing");
    }

    @Test
    void aLogThatWasEmptiedWithItsCheckpointsIsNoticed() throws Exception {
        String tenant = sealed("emptied");
        for (String table : List.of("audit_event", "audit_checkpoint", "audit_head")) {
            sql("DELETE FROM " + table + " WHERE tenant_id = '" + tenant + "'");
        }
        assertBroken(tenant, 1, "exported and is missing");
    }

    @Test
    void twoRecordsThatChangedPlacesAreNamed() throws Exception {
        String tenant = sealed("swapped");
        sql(
                "UPDATE audit_event SET seq = 1000003 WHERE tenant_id = '" + tenant + "' AND seq = 3",
                "UPDATE audit_event SET seq = 3 WHERE tenant_id = '" + tenant + "' AND seq = 9",
                "UPDATE audit_event SET seq = 9 WHERE tenant_id = '" + tenant + "' AND seq = 1000003");
        assertBroken(tenant, 3, "moved");
        assertThat(verify(tenant).path("firstBroken").path("what").asString()).contains("record 9");
    }

    @Test
    void anAddedRecordIsNamedWhereverItIsAdded() throws Exception {
        String tenant = sealed("added");
        long last = last(tenant);
        plant(tenant, last + 1, "2000");
        assertBroken(tenant, last + 1, "added");
        sql("DELETE FROM audit_event WHERE tenant_id = '" + tenant + "' AND producer_sequence = 2000");
        sql("ALTER TABLE audit_event DROP CONSTRAINT audit_event_seq_check");
        plant(tenant, 0, "2001");
        assertBroken(tenant, 0, "added");
        sql("DELETE FROM audit_event WHERE tenant_id = '" + tenant + "' AND producer_sequence = 2001");
        assertThat(verify(tenant).path("verified").asBoolean()).isTrue();
    }

    @Test
    void aRecordThatStandsThereTwiceIsNamed() throws Exception {
        String tenant = sealed("doubled");
        sql("ALTER TABLE audit_event DROP CONSTRAINT audit_event_pkey");
        try {
            plant(tenant, 4, "2002");
            JsonNode verdict = verify(tenant);
            assertThat(verdict.path("verified").asBoolean()).isFalse();
            assertThat(verdict.path("firstBroken").path("seq").asLong()).isEqualTo(4);
        } finally {
            sql(
                    "DELETE FROM audit_event WHERE producer_sequence = 2002",
                    "ALTER TABLE audit_event ADD PRIMARY KEY (tenant_id, seq)");
        }
    }

    @Test
    void aRewrittenCheckpointIsNamedThoughItFitsTheRecords() throws Exception {
        String tenant = sealed("forged");
        sql("UPDATE audit_checkpoint SET root = repeat('a', 64) WHERE tenant_id = '" + tenant + "' AND number = 1");
        assertBroken(tenant, 1, "not signed by an audit key");
        // Signed by a key of the forger's own, under the trusted key's name and under its own.
        Path own = Files.createTempDirectory(platform.auditExports(), "forger");
        SigningKey forger =
                SigningKey.load(KeyPairFiles.generate("audit", own, Files.createTempDirectory(own, "public")));
        String signature = Base64.getUrlEncoder().withoutPadding().encodeToString(forger.sign(new byte[] {1}));
        sql("UPDATE audit_checkpoint SET signature = '" + signature + "' WHERE tenant_id = '" + tenant + "'");
        assertBroken(tenant, 1, "not signed by an audit key");
        sql("UPDATE audit_checkpoint SET kid = '" + forger.id() + "' WHERE tenant_id = '" + tenant + "'");
        assertBroken(tenant, 1, "not signed by an audit key");
    }

    @Test
    void aRemovedCheckpointIsNamed() throws Exception {
        String tenant = sealed("chain");
        long before = last(tenant);
        topic.send(AuditTopicWriter.event(TenantId.of(tenant), "test/more", 1, "more"));
        Eventually.passes(PATIENCE, () -> {
            JsonNode verdict = verify(tenant);
            assertThat(verdict.path("events").asLong()).isEqualTo(before + 1);
            assertThat(verdict.path("unsealed").asLong()).isZero();
            assertThat(verdict.path("verified").asBoolean())
                    .as(verdict.toString())
                    .isTrue();
        });
        sql("DELETE FROM audit_checkpoint WHERE tenant_id = '" + tenant + "' AND number = 1");
        assertBroken(tenant, 1, "checkpoint 1 is missing");
    }

    @Test
    void anExportThatWasChangedIsNoticed() throws Exception {
        String tenant = sealed("exports");
        Path file = exports(tenant).getFirst();
        String whole = Files.readString(file);
        JsonNode content = tools.jackson.databind.json.JsonMapper.shared().readTree(whole);
        String leaf = content.path("leaves").path(0).asString();
        Files.writeString(file, whole.replace(leaf, "0".repeat(64)));
        assertBroken(tenant, 1, "export");
        Files.writeString(file, whole);
        assertThat(verify(tenant).path("verified").asBoolean()).isTrue();
    }

    @Test
    void anEventThatNeverArrivedIsNamed() throws Exception {
        String tenant = sealed("gap");
        long before = last(tenant);
        topic.send(AuditTopicWriter.event(TenantId.of(tenant), "test/hole", 1, "first"));
        topic.send(AuditTopicWriter.event(TenantId.of(tenant), "test/hole", 3, "third"));
        Eventually.passes(PATIENCE, () -> {
            assertThat(verify(tenant).path("events").asLong()).isEqualTo(before + 2);
            assertThat(verify(tenant).path("unsealed").asLong()).isZero();
        });
        // It may still be on its way: only later is it missed. The leaves hold the instant, so the export goes too.
        assertThat(verify(tenant).path("verified").asBoolean()).isTrue();
        // And once more where the sealer came between the two.
        Eventually.passes(PATIENCE, () -> {
            for (Path file : exports(tenant)) {
                Files.delete(file);
            }
            sql(
                    "DELETE FROM audit_checkpoint WHERE tenant_id = '" + tenant + "'",
                    "UPDATE audit_event SET stored_at = stored_at - interval '1 hour' WHERE tenant_id = '" + tenant
                            + "' AND producer = 'test/hole'");
            assertBroken(tenant, last(tenant), "number 2 of test/hole never arrived");
        });
    }

    @Test
    void aLogThatNobodySealsIsNoticed() throws Exception {
        String tenant = sealed("unsealed");
        // The sealer may still come for events that it has sealed, and would seal these again: once.
        Eventually.passes(PATIENCE, () -> {
            for (Path file : exports(tenant)) {
                Files.delete(file);
            }
            sql(
                    "DELETE FROM audit_checkpoint WHERE tenant_id = '" + tenant + "'",
                    "UPDATE audit_event SET stored_at = stored_at - interval '1 hour' WHERE tenant_id = '" + tenant
                            + "'");
            assertBroken(tenant, 1, "not sealed since");
        });
    }

    private String sealed(String slug) throws Exception {
        String tenant = platform.admin().provision("tamper-" + slug);
        for (int i = 1; i <= EVENTS; i++) {
            topic.send(AuditTopicWriter.event(TenantId.of(tenant), "test/" + slug, i, "event-" + i));
        }
        Eventually.passes(PATIENCE, () -> {
            JsonNode verdict = verify(tenant);
            // With that of its provisioning, which comes by another way.
            assertThat(verdict.path("events").asLong()).isGreaterThan(EVENTS);
            assertThat(verdict.path("unsealed").asLong()).isZero();
            assertThat(verdict.path("verified").asBoolean())
                    .as(verdict.toString())
                    .isTrue();
            assertThat(exports(tenant))
                    .hasSize((int) verdict.path("checkpoints").asLong());
        });
        return tenant;
    }

    private JsonNode verify(String tenant) throws Exception {
        Answer answer = platform.of(tenant, Scope.TENANT_ADMIN).post("/api/tenants/" + tenant + "/audit/verify", "");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    private void assertBroken(String tenant, long seq, String what) throws Exception {
        JsonNode verdict = verify(tenant);
        assertThat(verdict.path("verified").asBoolean()).as(verdict.toString()).isFalse();
        assertThat(verdict.path("firstBroken").path("seq").asLong())
                .as(verdict.toString())
                .isEqualTo(seq);
        assertThat(verdict.path("firstBroken").path("what").asString()).contains(what);
    }

    private long last(String tenant) throws Exception {
        return verify(tenant).path("events").asLong();
    }

    private void plant(String tenant, long seq, String number) throws SQLException {
        sql(
                "INSERT INTO audit_event (tenant_id, seq, stored_at, event_id, at, source, producer, producer_sequence, actor,"
                        + " action, target, outcome) VALUES ('" + tenant + "', " + seq
                        + ", now(), gen_random_uuid(), now(), 'test', 'test/planted', " + number
                        + ", 'key:a', 'test.planted', 'b', 'succeeded')");
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

    private void sql(String... statements) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }
}
