package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class MembersIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<MemberSnapshot> published;
    private int tenants;
    private String tenant;
    private Caller admin;

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.start();
        reader = platform.reader();
        published = reader.table(SnapshotTopic.MEMBERS);
        reader.start();
    }

    @AfterAll
    void stop() {
        reader.stop();
        platform.close();
    }

    @BeforeEach
    void aTenantOfItsOwn() throws Exception {
        tenant = platform.admin().provision("members-" + ++tenants);
        admin = platform.of(tenant, Scope.TENANT_ADMIN);
    }

    @Test
    void aMemberIsAddedListedAndPublishedWithoutItsAddress() throws Exception {
        Answer added = add("Ada@Example.com", "developer");
        assertThat(added.status()).isEqualTo(201);
        String id = added.text("memberId");
        assertThat(added.text("role")).isEqualTo("developer");
        assertThat(admin.get(path(""))
                        .body()
                        .path("members")
                        .get(0)
                        .path("email")
                        .asString())
                .isEqualTo("Ada@Example.com");
        Eventually.passes(LIMIT, () -> assertThat(published.find(id)).isPresent());
        MemberSnapshot snapshot = published.find(id).orElseThrow();
        assertThat(snapshot.tenantId()).isEqualTo(TenantId.of(tenant));
        assertThat(snapshot.emailHash()).hasSize(64);
        assertThat(snapshot.toString().toLowerCase(Locale.ROOT)).doesNotContain("ada", "example.com");
    }

    @Test
    void theSamePersonTwiceIsAConflictHoweverItsAddressIsSpelled() throws Exception {
        assertThat(add("ada@example.com", "developer").status()).isEqualTo(201);
        Answer again = add("ADA@example.com", "billing");
        assertThat(again.status()).isEqualTo(409);
        String subject =
                "{\"email\": \"%s\", \"role\": \"analyst\", \"issuer\": \"https://id.example.com\", \"subject\": \"s-1\"}";
        assertThat(admin.post(path(""), subject.formatted("b@example.com")).status())
                .isEqualTo(201);
        assertThat(admin.post(path(""), subject.formatted("c@example.com")).status())
                .isEqualTo(409);
        assertThat(profiles()).as("no profile of who was refused").isEqualTo(2);
    }

    @Test
    void ofTwentyWhoAddOnePersonAtOnceExactlyOneDoes() throws Exception {
        List<Future<Integer>> answers = new ArrayList<>();
        CountDownLatch together = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                answers.add(threads.submit(() -> {
                    together.await();
                    return add("ada@example.com", "developer").status();
                }));
            }
            together.countDown();
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsOnlyOnce(201);
        }
        Eventually.passes(LIMIT, () -> assertThat(profiles()).isEqualTo(1));
    }

    @Test
    void theLastTenantAdminStaysUntilThereIsAnother() throws Exception {
        String first = add("first@example.com", "tenant-admin").text("memberId");
        assertThat(changeRole(first, "developer").status()).isEqualTo(422);
        assertThat(remove(first).status()).isEqualTo(422);
        String second = add("second@example.com", "tenant-admin").text("memberId");
        assertThat(changeRole(first, "developer").status()).isEqualTo(200);
        assertThat(remove(second).status()).isEqualTo(422);
        Eventually.passes(
                LIMIT,
                () -> assertThat(published.find(first).orElseThrow().role().wireName())
                        .isEqualTo("developer"));
    }

    @Test
    void whoIsRemovedLosesTheRightsAndIsForgotten() throws Exception {
        String id = add("ada@example.com", "developer").text("memberId");
        assertThat(remove(id).status()).isEqualTo(204);
        Eventually.passes(
                LIMIT,
                () -> assertThat(published.find(id).orElseThrow().status()).isEqualTo(MemberSnapshot.Status.REMOVED));
        assertThat(admin.get(path("")).body().path("members")).isEmpty();
        assertThat(profiles()).isZero();
        assertThat(remove(id).status()).as("once more").isEqualTo(204);
        assertThat(changeRole(id, "analyst").status()).isEqualTo(404);
        assertThat(add("ada@example.com", "analyst").status())
                .as("may come back")
                .isEqualTo(201);
    }

    @Test
    void onlyAPlatformAdminGrantsPlatformAdminAndOnlyInTheReservedTenant() throws Exception {
        assertThat(add("op@example.com", "platform-admin").status()).isEqualTo(403);
        String id = add("ada@example.com", "developer").text("memberId");
        assertThat(changeRole(id, "platform-admin").status()).isEqualTo(403);
        String body = "{\"email\": \"op@example.com\", \"role\": \"platform-admin\"}";
        assertThat(platform.admin().post(path(""), body).status()).isEqualTo(422);
        String reserved = "/api/tenants/" + TenantId.PLATFORM + "/members";
        Answer operator = platform.admin().post(reserved, body);
        assertThat(operator.status()).isEqualTo(201);
        Caller reservedAdmin = platform.of(TenantId.PLATFORM.toString(), Scope.TENANT_ADMIN);
        assertThat(reservedAdmin
                        .call("DELETE", reserved + "/" + operator.text("memberId"), null)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aForeignTenantsMembersAreOutOfReach() throws Exception {
        String id = add("ada@example.com", "developer").text("memberId");
        String other = platform.admin().provision("members-other-" + tenants);
        Caller foreign = platform.of(other, Scope.TENANT_ADMIN);
        assertThat(foreign.get(path("")).status()).isEqualTo(403);
        String own = "/api/tenants/" + other + "/members/" + id;
        assertThat(foreign.call("PATCH", own, "{\"role\": \"billing\"}").status())
                .isEqualTo(404);
        assertThat(foreign.call("DELETE", own, null).status()).isEqualTo(404);
        assertThat(foreign.post("/api/tenants/" + other + "/members", body("ada@example.com", "billing"))
                        .status())
                .as("the same address in another tenant tells nothing")
                .isEqualTo(201);
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        Answer wrong = admin.post(path(""), "{\"email\": \"nobody\", \"role\": \"owner\", \"admin\": true}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("detail")).contains("email", "role", "admin").doesNotContain("nobody");
        Answer alone = admin.post(path(""), "{\"email\": \"a@b.de\", \"role\": \"billing\", \"subject\": \"s\"}");
        assertThat(alone.status()).isEqualTo(400);
        assertThat(alone.text("param")).isEqualTo("issuer");
        assertThat(changeRole(UUID.randomUUID().toString(), "billing").status()).isEqualTo(404);
        assertThat(changeRole("x", "billing").status()).isEqualTo(400);
    }

    @Test
    void theQuotaOfMembersHolds() throws Exception {
        assertThat(add("first@example.com", "tenant-admin").status()).isEqualTo(201);
        Answer limited =
                platform.admin().call("PATCH", "/api/tenants/" + tenant + "/config", "{\"limits\": {\"members\": 1}}");
        assertThat(limited.status()).as("%s", limited.body()).isEqualTo(200);
        Answer refused = add("second@example.com", "developer");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("param")).isEqualTo("limits.members");
        assertThat(profiles()).isEqualTo(1);
    }

    private long profiles() throws Exception {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*) FROM member_profile WHERE tenant_id = '" + tenant + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Answer add(String email, String role) throws Exception {
        return admin.post(path(""), body(email, role));
    }

    private static String body(String email, String role) {
        return "{\"email\": \"" + email + "\", \"role\": \"" + role + "\"}";
    }

    private Answer changeRole(String id, String role) throws Exception {
        return admin.call("PATCH", path("/" + id), "{\"role\": \"" + role + "\"}");
    }

    private Answer remove(String id) throws Exception {
        return admin.call("DELETE", path("/" + id), null);
    }

    private String path(String below) {
        return "/api/tenants/" + tenant + "/members" + below;
    }
}
