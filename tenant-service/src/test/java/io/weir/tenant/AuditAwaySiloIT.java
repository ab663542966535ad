package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The audit log of a tenant whose own database is away: nothing of it is lost, and nobody else waits.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditAwaySiloIT {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int PARTITIONS = 6;
    private static final int MOST = 20;

    private TenantPlatform platform;

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.startWith(Infrastructure.kafka(), Map.of("weir.audit.parked-most", MOST));
    }

    @AfterAll
    void stop() {
        platform.close();
    }

    @Test
    void itsEventsWaitInTheirOrderWhileOthersOfItsPartitionGoOn() throws Exception {
        String silo = provision("silo");
        String neighbour = neighbourOf(silo);
        Eventually.passes(LONG, () -> assertThat(targets(silo, "")).isNotEmpty());
        int before = targets(silo, "").size();
        String database = one("SELECT d.database FROM placement.site s JOIN placement.database d ON d.name = s.site"
                + " WHERE s.tenant = '" + silo + "'");
        allowConnections(database, false);
        try (AuditTopicWriter topic = new AuditTopicWriter(platform.kafka)) {
            for (int number = 1; number <= MOST / 2; number++) {
                topic.send(AuditTopicWriter.event(TenantId.of(silo), "test", number, "silo:" + number));
                topic.send(AuditTopicWriter.event(TenantId.of(neighbour), "test", number, "neighbour:" + number));
            }
            Eventually.passes(
                    LONG,
                    () -> assertThat(targets(neighbour, "test.done"))
                            .containsExactlyElementsOf(numbered("neighbour:", MOST / 2)));
            assertThat(parked(silo)).isEqualTo(MOST / 2);

            // A restart, and more than there is room for: then the partition waits, and still nothing is lost.
            platform.stopService();
            platform.startService();
            for (int number = MOST / 2 + 1; number <= MOST + 5; number++) {
                topic.send(AuditTopicWriter.event(TenantId.of(silo), "test", number, "silo:" + number));
            }
            allowConnections(database, true);
            Eventually.passes(
                    LONG,
                    () -> assertThat(targets(silo, "test.done"))
                            .containsExactlyElementsOf(numbered("silo:", MOST + 5)));
            Eventually.passes(LONG, () -> assertThat(parked(silo)).isZero());
            topic.send(AuditTopicWriter.event(TenantId.of(neighbour), "test", MOST, "neighbour:last"));
            Eventually.passes(LONG, () -> assertThat(targets(neighbour, "")).contains("neighbour:last"));
        }
        assertThat(targets(silo, "")).hasSize(before + MOST + 5);
        Eventually.passes(LONG, () -> {
            Answer verdict = platform.of(silo, Scope.TENANT_ADMIN).post("/api/tenants/" + silo + "/audit/verify", "");
            assertThat(verdict.body().path("verified").asBoolean())
                    .as(verdict.body().toString())
                    .isTrue();
        });
    }

    private static List<String> numbered(String prefix, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> prefix + number)
                .toList();
    }

    // As the broker's own clients choose a partition.
    private static int partition(String tenant) {
        return Utils.toPositive(Utils.murmur2(tenant.getBytes(StandardCharsets.UTF_8))) % PARTITIONS;
    }

    private String neighbourOf(String tenant) throws Exception {
        while (true) {
            String next = provision("pool");
            if (partition(next) == partition(tenant)) {
                return next;
            }
        }
    }

    private String provision(String placement) throws Exception {
        Answer made = platform.admin()
                .post(
                        "/api/tenants/provision",
                        "{\"slug\": \"" + Infrastructure.freshName("t").replace('_', '-')
                                + "\", \"adminEmail\": \"a@example.com\", \"planTier\": \"enterprise\","
                                + " \"placement\": \"" + placement + "\"}");
        assertThat(made.status()).as(made.toString()).isEqualTo(201);
        return made.text("tenantId");
    }

    private List<String> targets(String tenant, String action) throws Exception {
        Answer log = platform.of(tenant, Scope.TENANT_ADMIN)
                .get("/api/tenants/" + tenant + "/audit?limit=1000" + (action.isEmpty() ? "" : "&action=" + action));
        assertThat(log.status()).isEqualTo(200);
        List<String> targets = new ArrayList<>();
        log.body()
                .path("events")
                .forEach(event -> targets.add(event.path("target").asString()));
        return targets;
    }

    private long parked(String tenant) throws SQLException {
        return Long.parseLong(one("SELECT count(*) FROM audit_parked WHERE tenant_id = '" + tenant + "'"));
    }

    private void allowConnections(String database, boolean allowed) throws SQLException {
        try (Connection superuser = platform.asSuperuser();
                Statement statement = superuser.createStatement()) {
            statement.execute("ALTER DATABASE \"" + database + "\" ALLOW_CONNECTIONS " + allowed);
            if (!allowed) {
                statement.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"
                        + database + "'");
            }
        }
    }

    private String one(String sql) throws SQLException {
        try (Connection superuser = platform.asSuperuser();
                Statement statement = superuser.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
