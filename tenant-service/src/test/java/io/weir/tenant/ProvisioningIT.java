package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.ApiKey;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.testing.Eventually;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProvisioningIT {

    private static final String PROVISION = "/api/tenants/provision";

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<TenantSnapshot> tenants;
    private SnapshotTable<ApiKeySnapshot> keys;
    private SnapshotTable<PlanSnapshot> plans;

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.start();
        reader = platform.reader();
        tenants = reader.table(SnapshotTopic.TENANTS);
        keys = reader.table(SnapshotTopic.API_KEYS);
        plans = reader.table(SnapshotTopic.PLANS);
        reader.start();
    }

    @AfterAll
    void stop() {
        reader.stop();
        platform.close();
    }

    @Test
    void answersByTheContractAndTheDataPlaneIsToldUnderSignature() throws Exception {
        Answer answer = platform.admin().post(PROVISION, """
                {"slug": "acme-corp", "adminEmail": "admin@acme.com", "planTier": "starter", "maxMonthlySpend": 100.00,
                 "timeZone": "Europe/Berlin", "currency": "EUR", "country": "DE", "region": "eu-west", "placement": "pool"}""");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("slug")).isEqualTo("acme-corp");
        assertThat(answer.text("schemaName")).isEqualTo("tenant_acme_corp");
        assertThat(answer.text("status")).isEqualTo("active");
        assertThat(answer.text("dashboardUrl")).isEqualTo("https://acme-corp.app.example.com");
        assertThat(ApiKey.read(answer.text("apiKey"))).isInstanceOf(ApiKey.Reading.WellFormed.class);

        String id = answer.text("tenantId");
        Eventually.passes(() -> assertThat(tenants.find(id)).isPresent());
        TenantSnapshot told = tenants.find(id).orElseThrow();
        assertThat(told.plan()).isEqualTo("starter");
        assertThat(told.status()).isEqualTo(TenantStatus.ACTIVE);
        assertThat(String.valueOf(told.maxMonthlySpend())).isEqualTo("100");
        assertThat(told.timeZone()).isEqualTo("Europe/Berlin");
        assertThat(told.currency()).isEqualTo("EUR");
        assertThat(told.region()).isEqualTo("eu-west");
        ApiKey key = ((ApiKey.Reading.WellFormed) ApiKey.read(answer.text("apiKey"))).key();
        Eventually.passes(() -> assertThat(keys.find(key.id())).isPresent());
        assertThat(keys.find(key.id()).orElseThrow().scopes()).isEqualTo(Scope.FIRST_KEY);
        assertThat(keys.find(key.id()).orElseThrow().hash()).doesNotContain(key.reveal());
        assertThat(tenants.refused() + keys.refused()).isZero();
    }

    @Test
    void theAdminKeyAndThePlansAreToldAtStart() {
        Eventually.passes(() -> assertThat(keys.find(platform.adminKey.id())).isPresent());
        assertThat(keys.find(platform.adminKey.id()).orElseThrow().scopes()).containsExactly(Scope.PLATFORM_ADMIN);
        Eventually.passes(() -> assertThat(plans.all()).hasSize(4));
        PlanSnapshot.Terms growth = plans.find("growth").orElseThrow().termsAt(Instant.now());
        assertThat(growth.monthlyFee().toPlainString()).isEqualTo("499");
        assertThat(String.valueOf(growth.overagePerCall())).isEqualTo("0.005");
    }

    @ParameterizedTest
    @CsvSource({"basic,starter", "pro,growth", "professional,growth", "free,free", "enterprise,enterprise"})
    void plansHaveOtherNames(String asked, String plan) throws Exception {
        Answer answer = platform.admin().post(PROVISION, body("plan-" + asked, "\"planTier\": \"" + asked + "\""));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(platform.admin()
                        .get("/api/tenants/" + answer.text("tenantId"))
                        .text("planTier"))
                .isEqualTo(plan);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slug | \"slug\": \"Acme\"",
                "slug | \"slug\": \"a\"",
                "slug | \"slug\": \"a--b\"",
                "slug | \"slug\": \"x'; drop table tenant; --\"",
                "slug | \"slug\": \"platform\"",
                "slug | \"slug\": \"www\"",
                "slug | \"slug\": 7",
                "slug | \"slug\": null",
                "adminEmail | \"adminEmail\": \"nobody\"",
                "adminEmail | \"adminEmail\": null",
                "planTier | \"planTier\": \"gold\"",
                "planTier | \"planTier\": null",
                "maxMonthlySpend | \"maxMonthlySpend\": -0.01",
                "maxMonthlySpend | \"maxMonthlySpend\": \"100\"",
                "maxMonthlySpend | \"maxMonthlySpend\": 0.0000000000001",
                "maxMonthlySpend | \"maxMonthlySpend\": 1e999999999",
                "maxMonthlySpend | \"maxMonthlySpend\": true",
                "region | \"region\": \"EU west\"",
                "placement | \"placement\": \"moon\"",
                "country | \"country\": \"Germany\"",
                "timeZone | \"timeZone\": \"Mars/Olympus\"",
                "timeZone | \"timeZone\": \"+02:00\"",
                "currency | \"currency\": \"EURO\"",
                "body | \"slug\": \"a-1\", \"slug\": \"a-2\"",
            })
    void everyBadFieldIsA400ThatNamesIt(String field, String json) throws Exception {
        Answer answer = platform.admin().post(PROVISION, body("fine-slug", json));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(field);
        assertThat(answer.raw().headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void anUnknownPlanListsThePlans() throws Exception {
        Answer answer = platform.admin().post(PROVISION, body("some-slug", "\"planTier\": \"gold\""));
        assertThat(answer.text("detail")).contains("free, starter, growth, enterprise");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "null", "\"text\"", "{} {}"})
    void whatIsNoObjectIsA400(String body) throws Exception {
        assertThat(platform.admin().post(PROVISION, body).status()).isEqualTo(400);
    }

    @Test
    void anUnknownPlacementListsThePlacements() throws Exception {
        Answer answer = platform.admin().post(PROVISION, body("placed-moon", "\"placement\": \"moon\""));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo("placement");
        assertThat(answer.text("detail")).contains("pool, bridge, silo");
    }

    @Test
    void ofManyCallersWithOneSlugOneWins() throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                calls.add(callers.submit(() -> platform.admin()
                        .post(PROVISION, body("contested", "\"country\": \"DE\""))
                        .status()));
            }
            for (Future<Integer> call : calls) {
                statuses.add(call.get());
            }
        }
        assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
        assertThat(count("tenant WHERE slug = 'contested'")).isEqualTo(1);
    }

    @Test
    void aFailureInTheMiddleLeavesNothing() throws Exception {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement()) {
            long keysBefore = count("api_key");
            // Stands for a crash after the key was written and before the commit.
            statement.execute("ALTER TABLE outbox ADD CONSTRAINT broken CHECK (topic <> 'tenants.v1') NOT VALID");
            try {
                Answer answer = platform.admin().post(PROVISION, body("half-made", "\"country\": \"DE\""));
                assertThat(answer.status()).isEqualTo(500);
                assertThat(answer.raw().body()).doesNotContain("broken", "outbox", "Exception");
            } finally {
                statement.execute("ALTER TABLE outbox DROP CONSTRAINT broken");
            }
            assertThat(count("tenant WHERE slug = 'half-made'")).isZero();
            assertThat(count("api_key")).isEqualTo(keysBefore);
        }
        assertThat(platform.admin()
                        .post(PROVISION, body("half-made", "\"country\": \"DE\""))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void theListGoesThroughAllTenantsPageByPage() throws Exception {
        for (int i = 0; i < 5; i++) {
            platform.admin().provision("listed-" + i);
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            Answer page = platform.admin().get("/api/tenants?limit=2" + cursor);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.body().path("tenants").size()).isBetween(1, 2);
            page.body()
                    .path("tenants")
                    .forEach(tenant -> seen.add(tenant.path("slug").asString()));
            cursor = page.body().hasNonNull("nextCursor") ? "&cursor=" + page.text("nextCursor") : "";
        } while (!cursor.isEmpty());
        assertThat(seen).doesNotHaveDuplicates().doesNotContain("platform");
        assertThat(seen).contains("listed-0", "listed-1", "listed-2", "listed-3", "listed-4");
        assertThat((long) seen.size()).isEqualTo(count("tenant") - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,limit",
        "limit=201,limit",
        "limit=x,limit",
        "cursor=zzz,cursor",
        "cursor=%00,cursor",
        "cursor=YWZ0ZXI6eA,cursor"
    })
    void badPagesAreA400(String query, String param) throws Exception {
        Answer answer = platform.admin().get("/api/tenants?" + query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(param);
    }

    private static String body(String slug, String json) {
        StringBuilder body = new StringBuilder("{");
        for (String field : List.of(
                "\"slug\": \"" + slug + "\"", "\"adminEmail\": \"a@example.com\"", "\"planTier\": \"growth\"")) {
            if (!json.contains(field.substring(0, field.indexOf(':')))) {
                body.append(field).append(", ");
            }
        }
        return body.append(json).append("}").toString();
    }

    private long count(String what) throws Exception {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + what)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
