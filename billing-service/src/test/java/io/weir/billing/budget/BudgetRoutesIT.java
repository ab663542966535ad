package io.weir.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Snapshots;
import io.weir.money.Amount;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetRoutesIT {

    private static final String PATH = "/api/billing/budgets";
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newHttpClient();
    private Billing billing;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        billing = Billing.start(directory);
    }

    @AfterAll
    void stop() {
        billing.close();
    }

    private HttpResponse<String> put(String path, String body, String passport) throws Exception {
        return http.send(
                billing.request(PATH + path, passport)
                        .PUT(BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private int delete(String path, String passport) throws Exception {
        return http.send(billing.request(PATH + path, passport).DELETE().build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private String admin(TenantId tenant) {
        return billing.passport(tenant, Scope.TENANT_ADMIN, Scope.BILLING);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void aBudgetIsPublishedUnderTheTenantsCalendarAndChangesAndGoes() throws Exception {
        TenantId tenant = Snapshots.newTenant();
        billing.publish(
                billing.tenantService,
                SnapshotTopic.TENANTS,
                tenant.toString(),
                1,
                Snapshots.tenant(tenant, "100", 1, "Asia/Tokyo", "USD"));
        String id = "tag:" + tenant + ":team=search:day";
        Eventually.passes(WAIT, () -> {
            assertThat(put("/tag/team=search", "{\"limit\": \"0.45\", \"window\": \"day\"}", admin(tenant))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(billing.budgets().find(id)).hasValueSatisfying(budget -> {
                assertThat(budget.timeZone()).isEqualTo("Asia/Tokyo");
                assertThat(budget.limit()).isEqualTo(Amount.of("0.45"));
                assertThat(budget.window()).isEqualTo(Window.DAY);
                assertThat(budget.scope()).isEqualTo(BudgetSnapshot.Scope.TAG);
            });
        });
        assertThat(put("/tag/team=search", "{\"limit\": \"9\", \"window\": \"week\"}", admin(tenant))
                        .statusCode())
                .isEqualTo(200);
        JsonNode shown = JsonMapper.shared()
                .readTree(billing.get(PATH + "/tag/team=search", admin(tenant))
                        .response()
                        .body());
        assertThat(shown.path("limit").asString()).isEqualTo("0.45");
        assertThat(shown.path("windows")).hasSize(2);
        billing.publish(
                billing.tenantService,
                SnapshotTopic.TENANTS,
                tenant.toString(),
                2,
                Snapshots.tenant(tenant, "100", 2, "Europe/Berlin", "USD"));
        Eventually.passes(
                WAIT,
                () -> assertThat(billing.budgets().find(id))
                        .hasValueSatisfying(
                                budget -> assertThat(budget.timeZone()).isEqualTo("Europe/Berlin")));
        assertThat(delete("/tag/team=search?window=day", admin(tenant))).isEqualTo(204);
        assertThat(delete("/tag/team=search?window=day", admin(tenant))).isEqualTo(404);
        Eventually.passes(WAIT, () -> assertThat(billing.budgets().find(id)).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/tag/team=search | {'window': 'day'} | limit",
                "/tag/team=search | {'limit': 0.45} | limit",
                "/tag/team=search | {'limit': '-1'} | limit",
                "/tag/team=search | {'limit': 'NaN'} | limit",
                "/tag/team=search | {'limit': '0.0000000000001'} | limit",
                "/tag/team=search | {'limit': '1', 'window': 'fortnight'} | window",
                "/tag/team=search | {'limit': '1', 'windw': 'day'} | windw",
                "/tag/team=search | [] | body",
                "/tag/team | {'limit': '1'} | id",
                "/city/berlin | {'limit': '1'} | scope",
                "/tenant/acme | {'limit': '1'} | id",
                "/tag/team=search?tenantId=acme | {'limit': '1'} | tenantId"
            })
    void badInputIsRefusedByName(String path, String body, String field) throws Exception {
        HttpResponse<String> answer = put(path, body.replace('\'', '"'), admin(Snapshots.newTenant()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("\"" + field + "\"");
    }

    @Test
    void whatAnOperatorSetItsTenantCannotChange() throws Exception {
        TenantId tenant = Snapshots.newTenant();
        String path = "/tag/team=a";
        String there = path + "?tenantId=" + tenant;
        assertThat(put(path, "{\"limit\": \"5\"}", admin(tenant)).statusCode()).isEqualTo(200);
        HttpResponse<String> operators = put(there, "{\"limit\": \"1\"}", billing.operator());
        assertThat(json(operators).path("setByPlatform").asBoolean())
                .as(operators.body())
                .isTrue();
        HttpResponse<String> raised = put(path, "{\"limit\": \"9\"}", admin(tenant));
        assertThat(raised.statusCode()).as(raised.body()).isEqualTo(403);
        assertThat(delete(path, admin(tenant))).isEqualTo(403);
        JsonNode shown = JsonMapper.shared()
                .readTree(billing.get(PATH + path, admin(tenant)).response().body());
        assertThat(shown.path("limit").asString()).isEqualTo("1");
        assertThat(delete(there, billing.operator())).isEqualTo(204);
        assertThat(put(path, "{\"limit\": \"9\"}", admin(tenant)).statusCode()).isEqualTo(200);
    }

    @Test
    void aTenantThatHasAllItsBudgetsKeepsNoOperatorFromSettingOne() throws Exception {
        TenantId tenant = Snapshots.newTenant();
        billing.alter("""
                INSERT INTO budget (tenant_id, budget_id, spending_limit, time_window, time_zone, version, tenant_version,
                    scope, subject, set_by_platform)
                SELECT '%1$s', 'tag:%1$s:many=' || n, 1, 'month', 'UTC', 1, 0, 'tag', 'many=' || n, false
                FROM generate_series(1, 500) AS n""".formatted(tenant));
        String one = "{\"limit\": \"1\"}";
        assertThat(put("/tag/team=a", one, admin(tenant)).statusCode()).isEqualTo(422);
        HttpResponse<String> set = put("/tag/team=a?tenantId=" + tenant, one, billing.operator());
        assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
        assertThat(put("/tag/team=b", one, admin(tenant)).statusCode()).isEqualTo(422);
    }

    @Test
    void nobodySetsAnothersBudgetNorThePlatforms() throws Exception {
        TenantId own = Snapshots.newTenant();
        TenantId other = Snapshots.newTenant();
        String one = "{\"limit\": \"1\"}";
        assertThat(put("/tenant/" + other, one, admin(own)).statusCode()).isEqualTo(403);
        assertThat(put("/tag/a=b?tenantId=" + other, one, admin(own)).statusCode())
                .isEqualTo(403);
        assertThat(put("/platform/platform", one, admin(own)).statusCode()).isEqualTo(403);
        assertThat(billing.get(PATH + "?tenantId=" + other, admin(own)).status())
                .isEqualTo(403);
        assertThat(put("/tenant/" + own, one, billing.passport(own, Scope.BILLING))
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> set = put("/tenant/" + other, one, billing.operator());
        assertThat(set.statusCode()).isEqualTo(200);
        assertThat(json(set).path("budgetId").asString()).isEqualTo("tenant:" + other + ":month");
        assertThat(billing.get(PATH, admin(own)).response().body()).isEqualTo("{\"budgets\":[]}");
    }
}
