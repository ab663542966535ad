package io.weir.billing.invoice;

import static io.weir.billing.Snapshots.hour;
import static io.weir.billing.Snapshots.mini;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.money.Meter;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvoiceIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String PATH = "/api/billing/invoices";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Billing billing;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, SQLException {
        billing = Billing.start(directory);
        billing.publish(billing.tenantService, SnapshotTopic.PLANS, "starter", 1, Snapshots.starter());
    }

    @AfterAll
    void stop() {
        billing.close();
    }

    @BeforeEach
    void itIsNovember() {
        billing.clock.set("2026-11-22T12:00:00Z");
    }

    @Test
    void aDraftNamesEveryLineExactlyAndTheSealedHoursBehindIt() throws IOException {
        TenantId tenant = tenant(
                Snapshots.tenant(TenantId.of("01930000-0000-7000-8000-0000000000a1"), null, 1, "Europe/Berlin", "USD"));
        seal(
                hour(
                        tenant,
                        "2026-11-02T10:00:00Z",
                        3,
                        false,
                        8,
                        mini(Meter.TEXT_IN, 1_001, "0.00015015"),
                        mini(Meter.TEXT_OUT, 77, "0.0000462")),
                hour(tenant, "2026-11-22T11:00:00Z", 1, true, 4, mini(Meter.TEXT_IN, 100_000, "0.015")),
                // 23:00 UTC of the last of October is November in Berlin, 22:00 is not.
                hour(tenant, "2026-10-31T23:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "0.00000015")),
                hour(tenant, "2026-10-31T22:00:00Z", 1, false, 100, mini(Meter.TEXT_IN, 1, "5")));
        Answer made = order(tenant, "2026-11");
        assertThat(made.status()).isEqualTo(201);
        String masked = JSON.writerWithDefaultPrettyPrinter()
                .writeValueAsString(made.json())
                .replace(made.text("id"), "<id>")
                .replace(made.text("madeAt"), "<instant>");
        assertThat(masked).isEqualToNormalizingNewlines(golden("draft-invoice.json"));
    }

    @Test
    void makingADraftAgainReplacesItUnderTheSameId() {
        TenantId tenant = tenant();
        seal(hour(tenant, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        Answer first = order(tenant, "2026-11");
        seal(hour(tenant, "2026-11-02T10:00:00Z", 2, false, 15, mini(Meter.TEXT_IN, 2, "0.02")));
        Answer second = order(tenant, "2026-11");
        assertThat(second.text("id")).isEqualTo(first.text("id"));
        assertThat(first.text("exactModelCost")).isEqualTo("0.01");
        assertThat(second.text("exactModelCost")).isEqualTo("0.02");
        assertThat(second.text("total")).isEqualTo("99.52");
        assertThat(second.json().has("number")).isFalse();
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE tenant_id = '" + tenant + "'"))
                .isEqualTo(1);
    }

    @Test
    void asOfMakesItFinalAndNothingChangesItAfterwards() {
        TenantId tenant = tenant();
        seal(
                hour(tenant, "2026-11-22T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "0.01")),
                hour(tenant, "2026-11-22T11:00:00Z", 1, true, 1, mini(Meter.TEXT_IN, 1, "0.03")));
        String draft = order(tenant, "2026-11").text("id");
        Answer made = order(tenant, "2026-11", "2026-11-22T11:30:00Z");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("status")).isEqualTo("final");
        assertThat(made.text("id")).isEqualTo(draft);
        assertThat(made.text("number")).matches("WEIR-[0-9]{8}");
        assertThat(made.text("exactModelCost")).isEqualTo("0.04");
        seal(hour(tenant, "2026-11-22T10:00:00Z", 2, false, 9, mini(Meter.TEXT_IN, 9, "9")));
        Answer again = order(tenant, "2026-11");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(made.json());
        assertThat(order(tenant, "2026-11", "2026-11-22T12:00:00Z").json()).isEqualTo(made.json());
        assertThatThrownBy(() -> asPlatform("UPDATE invoice SET total = 0 WHERE tenant_id = '" + tenant + "'"))
                .hasMessageContaining("is final");
        assertThatThrownBy(() -> asPlatform("DELETE FROM invoice WHERE tenant_id = '" + tenant + "'"))
                .hasMessageContaining("is final");
    }

    @Test
    void whatCameAfterAnEarlyFinalInvoiceIsOnTheNextOneAndNothingIsOnBoth() {
        TenantId tenant = tenant();
        seal(
                hour(tenant, "2026-11-10T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "1")),
                hour(tenant, "2026-11-20T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "2")),
                hour(tenant, "2026-12-01T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "4")));
        assertThat(order(tenant, "2026-11", "2026-11-15T00:00:00Z").text("exactModelCost"))
                .isEqualTo("1");
        billing.clock.set("2026-12-03T00:00:00Z");
        Answer december = order(tenant, "2026-12");
        assertThat(december.text("exactModelCost")).isEqualTo("6");
        assertThat(december.text("periodStart")).isEqualTo("2026-11-15T00:00:00Z");
    }

    @Test
    void aMonthBecomesFinalOnceItIsOverAndEveryHourIsClosed() {
        TenantId tenant = tenant();
        seal(hour(tenant, "2026-11-30T23:00:00Z", 1, true, 1, mini(Meter.TEXT_IN, 1, "1")));
        billing.clock.set("2026-12-01T01:59:00Z");
        assertThat(order(tenant, "2026-11").text("status")).isEqualTo("draft");
        billing.clock.set("2026-12-01T02:00:00Z");
        Answer stillOpen = order(tenant, "2026-11");
        assertThat(stillOpen.text("status")).isEqualTo("draft");
        assertThat(stillOpen.json().path("openHours").asInt()).isEqualTo(1);
        seal(hour(tenant, "2026-11-30T23:00:00Z", 2, false, 1, mini(Meter.TEXT_IN, 1, "1.5")));
        Answer closed = order(tenant, "2026-11");
        assertThat(closed.text("status")).isEqualTo("final");
        assertThat(closed.text("exactModelCost")).isEqualTo("1.5");
    }

    @Test
    void eightCallsAtOnceMakeOneInvoiceWithOneNumber() throws Exception {
        TenantId tenant = tenant();
        seal(hour(tenant, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        long numbersBefore = lastNumber();
        List<Future<Answer>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                calls.add(threads.submit(() -> order(tenant, "2026-11", "2026-11-22T00:00:00Z")));
            }
        }
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> call : calls) {
            answers.add(call.get(WAIT.toSeconds(), TimeUnit.SECONDS));
        }
        assertThat(answers).extracting(Answer::status).containsOnlyOnce(201).containsOnly(200, 201);
        assertThat(answers)
                .extracting(Answer::json)
                .containsOnly(answers.getFirst().json());
        assertThat(lastNumber()).isEqualTo(numbersBefore + 1);
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE tenant_id = '" + tenant + "'"))
                .isEqualTo(1);
    }

    @Test
    void numbersHaveNoGapsWhateverFailsOrStaysADraft() {
        long before = lastNumber();
        for (int i = 0; i < 3; i++) {
            TenantId tenant = tenant();
            order(tenant, "2026-11");
            order(tenant, "2026-11", "2027-01-01T00:00:00Z");
            assertThat(order(tenant, "2026-11", "2026-11-22T00:00:00Z").text("number"))
                    .isEqualTo(String.format("WEIR-%08d", before + i + 1));
        }
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE number IS NOT NULL"))
                .isEqualTo(lastNumber());
    }

    @Test
    void aTenantReadsItsOwnInvoicesAndOthersAreNotThere() {
        TenantId acme = tenant();
        TenantId globex = tenant();
        String id = order(acme, "2026-11").text("id");
        String own = billing.passport(acme, Scope.BILLING);
        String foreign = billing.passport(globex, Scope.BILLING);
        assertThat(billing.get(PATH + "/" + id, own).json().path("id").asString())
                .isEqualTo(id);
        assertThat(billing.get(PATH + "/" + id, billing.operator()).status()).isEqualTo(200);
        assertThat(billing.get(PATH + "/" + id, foreign).status()).isEqualTo(404);
        assertThat(billing.get(PATH + "/" + acme, own).status()).isEqualTo(404);
        assertThat(billing.get(PATH + "/nonsense", own).status()).isEqualTo(404);
        assertThat(billing.get(PATH, foreign).json().path("invoices").size()).isZero();
        assertThat(billing.get(PATH, own).json().path("invoices").size()).isEqualTo(1);
        assertThat(billing.get(PATH + "?tenantId=" + acme, foreign).text("code"))
                .isEqualTo("tenant_mismatch");
        assertThat(billing.get(PATH, billing.passport(acme, Scope.INFERENCE)).text("code"))
                .isEqualTo("permission_denied");
        assertThat(billing.get(PATH, "forged").status()).isEqualTo(401);
    }

    @Test
    void onlyAnOperatorMakesInvoices() {
        TenantId acme = tenant();
        String body = body(acme, "2026-11");
        for (Scope scope : List.of(Scope.BILLING, Scope.TENANT_ADMIN, Scope.INFERENCE)) {
            assertThat(billing.post(PATH, body, billing.passport(acme, scope)).status())
                    .isEqualTo(403);
        }
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE tenant_id = '" + acme + "'"))
                .isZero();
    }

    @Test
    void theDatabaseShowsATenantNoRowOfAnotherAndTakesNoneFromIt() {
        TenantId acme = tenant();
        TenantId globex = tenant();
        seal(hour(acme, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        order(acme, "2026-11");
        for (String table : List.of("invoice", "sealed_hour", "sealed_hour_total")) {
            assertThat(seenBy(acme, table)).as(table).isEqualTo(1);
            assertThat(seenBy(globex, table)).as(table).isZero();
        }
        TenantTransaction transaction = billing.bean(TenantTransaction.class);
        for (String sql : List.of(
                "UPDATE invoice SET total = 0",
                "DELETE FROM sealed_hour_total",
                "UPDATE sealed_hour SET version = 9")) {
            assertThat(transaction
                            .in(client -> client.sql(sql).fetch().rowsUpdated())
                            .contextWrite(TenantScope.entering(Billing.context(acme)))
                            .block(WAIT))
                    .as(sql)
                    .isZero();
        }
        assertThatThrownBy(() -> transaction
                        .in(client -> client.sql("SELECT count(*) FROM invoice_number")
                                .fetch()
                                .first())
                        .contextWrite(TenantScope.entering(Billing.context(acme)))
                        .block(WAIT))
                .hasMessageContaining("permission denied");
    }

    @Test
    void pagesOfInvoicesFollowEachOtherWithoutGapOrRepetition() {
        TenantId tenant = tenant();
        for (String month : List.of("2026-09", "2026-10", "2026-11")) {
            order(tenant, month);
        }
        String own = billing.passport(tenant, Scope.BILLING);
        JsonNode first = billing.get(PATH + "?limit=2", own).json();
        assertThat(first.path("invoices")
                        .valueStream()
                        .map(one -> one.path("period").asString()))
                .containsExactly("2026-11", "2026-10");
        JsonNode second = billing.get(
                        PATH + "?limit=2&cursor=" + first.path("nextCursor").asString(), own)
                .json();
        assertThat(second.path("invoices")
                        .valueStream()
                        .map(one -> one.path("period").asString()))
                .containsExactly("2026-09");
        assertThat(second.path("nextCursor").isNull()).isTrue();
        assertThat(billing.get(PATH + "?tenantId=" + tenant, billing.operator())
                        .json()
                        .path("invoices")
                        .size())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=101", "limit=x", "limit=-1", "cursor=x", "cursor=JCQk", "tenantId=1"})
    void aListThatCannotBeGivenIs400AndNamesTheParameter(String query) {
        Answer answer = billing.get(PATH + "?" + query, billing.operator());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(query.substring(0, query.indexOf('=')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "body|",
                "body|[]",
                "body|{\"tenantId\":",
                "tenantId|{\"period\": \"2026-11\"}",
                "tenantId|{\"tenantId\": \"1\", \"period\": \"2026-11\"}",
                "tenantId|{\"tenantId\": 1, \"period\": \"2026-11\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"2026-13\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"November\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": 202611}",
                "asOf|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"2026-11\", \"asOf\": \"now\"}",
                "asof|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"2026-11\", \"asof\": \"x\"}",
            })
    void anOrderThatCannotBeReadIs400AndNamesTheField(String field, String body) {
        Answer answer = billing.post(PATH, body == null ? "" : body, billing.operator());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(field);
        assertThat(answer.text("detail")).isNotBlank();
    }

    @Test
    void whatCannotBeInvoicedIsRefusedWithItsReason() {
        TenantId tenant = tenant();
        TenantId euro = tenant(Snapshots.tenant(Snapshots.newTenant(), null, 1, "UTC", "EUR"));
        assertRefused(order(Snapshots.newTenant(), "2026-11"), 404, "tenantId", "There is no tenant");
        assertRefused(order(TenantId.PLATFORM, "2026-11"), 422, "tenantId", "never invoiced");
        assertRefused(order(euro, "2026-11"), 422, "tenantId", "EUR");
        assertRefused(order(tenant, "2026-12"), 422, "period", "has not begun");
        assertRefused(order(tenant, "2026-08"), 422, "period", "created after");
        assertRefused(order(tenant, "2026-11", "2026-11-22T13:00:00Z"), 422, "asOf", "future");
        assertRefused(order(tenant, "2026-11", "2026-11-01T00:00:00Z"), 422, "asOf", "before");
    }

    @Test
    void otherRepresentationsAreNotThereYetAndThatIsSaid() {
        Answer html = billing.send(billing.request(PATH, billing.operator())
                .header("accept", "text/html")
                .GET()
                .build());
        assertThat(html.status()).isEqualTo(406);
        assertThat(html.text("code")).isEqualTo("not_acceptable");
    }

    @Test
    void theInvoiceSurvivesARestart() {
        TenantId tenant = tenant();
        seal(hour(tenant, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        Answer made = order(tenant, "2026-11", "2026-11-22T00:00:00Z");
        billing.restart();
        assertThat(billing.get(PATH + "/" + made.text("id"), billing.operator()).json())
                .isEqualTo(made.json());
        assertThat(billing.count("SELECT count(*) FROM sealed_hour_total WHERE tenant_id = '" + tenant + "'"))
                .isEqualTo(1);
    }

    private static void assertRefused(Answer answer, int status, String field, String reason) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("param")).isEqualTo(field);
        assertThat(answer.text("detail")).contains(reason);
    }

    private TenantId tenant() {
        return tenant(Snapshots.tenant(Snapshots.newTenant(), null, 1));
    }

    private TenantId tenant(TenantSnapshot tenant) {
        billing.publish(
                billing.tenantService, SnapshotTopic.TENANTS, tenant.tenantId().toString(), tenant.version(), tenant);
        Eventually.passes(
                WAIT,
                () -> assertThat(order(tenant.tenantId(), "2000-01").text("detail"))
                        .doesNotContain("There is no tenant"));
        return tenant.tenantId();
    }

    private void seal(SealedHour... hours) {
        for (SealedHour hour : hours) {
            billing.publish(billing.analyticsService, SnapshotTopic.SEALED_HOURS, hour.key(), hour.version(), hour);
        }
        for (SealedHour hour : hours) {
            Eventually.passes(
                    WAIT,
                    () -> assertThat(billing.count(
                                    "SELECT count(*) FROM sealed_hour WHERE tenant_id = '" + hour.tenantId()
                                            + "' AND hour = '" + hour.hour() + "' AND version = " + hour.version()))
                            .isEqualTo(1));
        }
    }

    private Answer order(TenantId tenant, String period) {
        return billing.post(PATH, body(tenant, period), billing.operator());
    }

    private Answer order(TenantId tenant, String period, String asOf) {
        String body = "{\"tenantId\": \"" + tenant + "\", \"period\": \"" + period + "\", \"asOf\": \"" + asOf + "\"}";
        return billing.post(PATH, body, billing.operator());
    }

    private static String body(TenantId tenant, String period) {
        return "{\"tenantId\": \"" + tenant + "\", \"period\": \"" + period + "\"}";
    }

    private long lastNumber() {
        return billing.count("SELECT coalesce(max(last), 0) FROM invoice_number");
    }

    private long seenBy(TenantId tenant, String table) {
        return Objects.requireNonNull(billing.bean(TenantTransaction.class)
                .in(client -> client.sql("SELECT count(*) FROM " + table)
                        .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
                        .one())
                .contextWrite(TenantScope.entering(Billing.context(tenant)))
                .block(WAIT));
    }

    private void asPlatform(String sql) {
        billing.bean(PlatformTransaction.class)
                .in("test", client -> client.sql(sql).fetch().rowsUpdated())
                .block(WAIT);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(InvoiceIT.class.getResourceAsStream("/golden/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        }
    }
}
