package io.weir.billing.invoice;

import static io.weir.billing.Snapshots.hour;
import static io.weir.billing.Snapshots.mini;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.money.Meter;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
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
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvoiceIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String PATH = InvoiceDesk.PATH;

    private Billing billing;
    private InvoiceDesk desk;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, SQLException {
        billing = Billing.start(directory);
        desk = new InvoiceDesk(billing);
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
        TenantId tenant = desk.tenant(
                Snapshots.tenant(TenantId.of("01930000-0000-7000-8000-0000000000a1"), null, 1, "Europe/Berlin", "USD"));
        desk.seal(
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
        Answer made = desk.order(tenant, "2026-11");
        assertThat(made.status()).isEqualTo(201);
        String masked = JSON.writerWithDefaultPrettyPrinter()
                .writeValueAsString(made.json())
                .replace(made.text("id"), "<id>")
                .replace(made.text("madeAt"), "<instant>");
        assertThat(masked).isEqualToNormalizingNewlines(golden("draft-invoice.json"));
    }

    @Test
    void makingADraftAgainReplacesItUnderTheSameId() {
        TenantId tenant = desk.tenant();
        desk.seal(hour(tenant, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        Answer first = desk.order(tenant, "2026-11");
        desk.seal(hour(tenant, "2026-11-02T10:00:00Z", 2, false, 15, mini(Meter.TEXT_IN, 2, "0.02")));
        Answer second = desk.order(tenant, "2026-11");
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
        TenantId tenant = desk.tenant();
        desk.seal(
                hour(tenant, "2026-11-22T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "0.01")),
                hour(tenant, "2026-11-22T11:00:00Z", 1, true, 1, mini(Meter.TEXT_IN, 1, "0.03")));
        String draft = desk.order(tenant, "2026-11").text("id");
        Answer made = desk.order(tenant, "2026-11", "2026-11-22T11:30:00Z");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("status")).isEqualTo("final");
        assertThat(made.text("id")).isEqualTo(draft);
        assertThat(made.text("number")).matches("WEIR-[0-9]{8}");
        assertThat(made.text("exactModelCost")).isEqualTo("0.04");
        desk.seal(hour(tenant, "2026-11-22T10:00:00Z", 2, false, 9, mini(Meter.TEXT_IN, 9, "9")));
        Answer again = desk.order(tenant, "2026-11");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(made.json());
        assertThat(desk.order(tenant, "2026-11", "2026-11-22T12:00:00Z").json()).isEqualTo(made.json());
        Eventually.passes(WAIT, () -> assertThat(late()).isPositive());
        assertThatThrownBy(() -> asPlatform("UPDATE invoice SET total = 0 WHERE tenant_id = '" + tenant + "'"))
                .hasMessageContaining("is final");
        assertThatThrownBy(() -> asPlatform("DELETE FROM invoice WHERE tenant_id = '" + tenant + "'"))
                .hasMessageContaining("is final");
    }

    @Test
    void whatCameAfterAnEarlyFinalInvoiceIsOnTheNextOneAndNothingIsOnBoth() {
        TenantId tenant = desk.tenant();
        desk.seal(
                hour(tenant, "2026-11-10T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "1")),
                hour(tenant, "2026-11-20T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "2")),
                hour(tenant, "2026-12-01T10:00:00Z", 1, false, 1, mini(Meter.TEXT_IN, 1, "4")));
        assertThat(desk.order(tenant, "2026-11", "2026-11-15T00:00:00Z").text("exactModelCost"))
                .isEqualTo("1");
        billing.clock.set("2026-12-03T00:00:00Z");
        Answer december = desk.order(tenant, "2026-12");
        assertThat(december.text("exactModelCost")).isEqualTo("6");
        assertThat(december.text("periodStart")).isEqualTo("2026-11-15T00:00:00Z");
    }

    @Test
    void aMonthBecomesFinalOnceItIsOverAndEveryHourIsClosed() {
        TenantId tenant = desk.tenant();
        desk.seal(hour(tenant, "2026-11-30T23:00:00Z", 1, true, 1, mini(Meter.TEXT_IN, 1, "1")));
        billing.clock.set("2026-12-01T01:59:00Z");
        assertThat(desk.order(tenant, "2026-11").text("status")).isEqualTo("draft");
        billing.clock.set("2026-12-01T02:00:00Z");
        Answer stillOpen = desk.order(tenant, "2026-11");
        assertThat(stillOpen.text("status")).isEqualTo("draft");
        assertThat(stillOpen.json().path("openHours").asInt()).isEqualTo(1);
        desk.seal(hour(tenant, "2026-11-30T23:00:00Z", 2, false, 1, mini(Meter.TEXT_IN, 1, "1.5")));
        Answer closed = desk.order(tenant, "2026-11");
        assertThat(closed.text("status")).isEqualTo("final");
        assertThat(closed.text("exactModelCost")).isEqualTo("1.5");
    }

    @Test
    void eightCallsAtOnceMakeOneInvoiceWithOneNumber() throws Exception {
        TenantId tenant = desk.tenant();
        desk.seal(hour(tenant, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        long numbersBefore = desk.lastNumber();
        List<Future<Answer>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                calls.add(threads.submit(() -> desk.order(tenant, "2026-11", "2026-11-22T00:00:00Z")));
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
        assertThat(desk.lastNumber()).isEqualTo(numbersBefore + 1);
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE tenant_id = '" + tenant + "'"))
                .isEqualTo(1);
    }

    @Test
    void numbersHaveNoGapsWhateverFailsOrStaysADraft() {
        long before = desk.lastNumber();
        for (int i = 0; i < 3; i++) {
            TenantId tenant = desk.tenant();
            desk.order(tenant, "2026-11");
            desk.order(tenant, "2026-11", "2027-01-01T00:00:00Z");
            assertThat(desk.order(tenant, "2026-11", "2026-11-22T00:00:00Z").text("number"))
                    .isEqualTo(String.format("WEIR-%08d", before + i + 1));
        }
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE number IS NOT NULL"))
                .isEqualTo(desk.lastNumber());
    }

    @Test
    void theInvoiceSurvivesARestart() {
        TenantId tenant = desk.tenant();
        desk.seal(hour(tenant, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        Answer made = desk.order(tenant, "2026-11", "2026-11-22T00:00:00Z");
        billing.restart();
        assertThat(billing.get(PATH + "/" + made.text("id"), billing.operator()).json())
                .isEqualTo(made.json());
        assertThat(billing.count("SELECT count(*) FROM sealed_hour_total WHERE tenant_id = '" + tenant + "'"))
                .isEqualTo(1);
    }

    private double late() {
        return billing.bean(MeterRegistry.class)
                .counter("weir.billing.hours.late")
                .count();
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
