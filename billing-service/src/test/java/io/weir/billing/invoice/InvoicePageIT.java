package io.weir.billing.invoice;

import static io.weir.billing.Snapshots.hour;
import static io.weir.billing.Snapshots.mini;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// An invoice in the form that its caller asks for.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvoicePageIT {

    private static final String PATH = InvoiceDesk.PATH;
    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8";

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
    void thePageSaysWhatTheJsonSays() {
        TenantId acme = desk.tenant();
        desk.seal(hour(
                acme,
                "2026-11-02T10:00:00Z",
                1,
                false,
                1_500,
                mini(Meter.TEXT_IN, 1_234_567, "185.18505"),
                mini(Meter.TEXT_OUT, 1_000, "0.6")));
        JsonNode json = desk.order(acme, "2026-11").json();
        Answer answer = accepting(BROWSER, json.path("id").asString(), billing.passport(acme, Scope.BILLING));
        String page = answer.response().body();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(header(answer, "content-type")).isEqualToIgnoringCase("text/html;charset=UTF-8");
        assertThat(header(answer, "content-security-policy"))
                .startsWith("default-src 'none'; style-src 'unsafe-inline'");
        assertThat(header(answer, "x-content-type-options")).isEqualTo("nosniff");
        assertThat(header(answer, "vary")).isEqualToIgnoringCase("accept");
        assertThat(figures(page, "id=\"total\">([^<]*)<"))
                .containsExactly(new BigDecimal(json.path("total").asString()));
        assertThat(figures(page, "class=\"n amount\"[^>]*>([^<]*)<"))
                .containsExactlyElementsOf(json.path("lines")
                        .valueStream()
                        .map(line -> new BigDecimal(line.path("amount").asString()))
                        .toList());
        assertThat(page).contains("Draft invoice", json.path("slug").asString(), ">1,234,567<", ">1,000<");
    }

    @Test
    void anOperatorMakesAnInvoiceAndGetsItsPage() {
        TenantId acme = desk.tenant();
        Answer made = billing.send(billing.request(PATH, billing.operator())
                .header("content-type", "application/json")
                .header("accept", "text/html")
                .POST(BodyPublishers.ofString("{\"tenantId\": \"" + acme
                        + "\", \"period\": \"2026-11\", \"asOf\": \"2026-11-22T11:00:00Z\"}"))
                .build());

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.response().body())
                .contains(">Final</span>", "1 November 2026 to 22 November 2026, 11:00")
                .doesNotContain("draft, not an invoice");
    }

    @Test
    void aModelsNameCannotBringAScriptIn() {
        TenantId acme = desk.tenant();
        String hostile = "</th><script>alert(1)</script>";
        Total total = new Total("openai", hostile, "<b>rule</b>", Meter.TEXT_IN, 5, Amount.of("0.01"));
        desk.seal(hour(acme, "2026-11-02T10:00:00Z", 1, false, 5, total));
        String id = desk.order(acme, "2026-11").text("id");

        assertThat(accepting("text/html", id, billing.operator()).response().body())
                .contains("&lt;script&gt;alert(1)&lt;")
                .doesNotContain("<script", "<b>");
    }

    @Test
    void anothersPageIsNotThere() {
        String id = desk.order(desk.tenant(), "2026-11").text("id");
        Answer foreign = accepting("text/html", id, billing.passport(desk.tenant(), Scope.BILLING));

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(header(foreign, "content-type")).startsWith("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*|application/json",
                "application/json|application/json",
                "text/html|text/html",
                "text/*|text/html",
                "text/html, application/json|application/json",
                "text/html;q=0.9, application/json;q=0.4|text/html",
                "text/html;q=0.4, */*;q=0.5|application/json",
                "application/*;q=0.1, text/html;q=0.2|text/html",
                "application/json;q=0, */*|text/html",
                "application/pdf, text/html;q=0.1|text/html"
            })
    void theCallersPreferenceDecides(String accept, String type) {
        String id = desk.order(desk.tenant(), "2026-11").text("id");
        Answer answer = accepting(accept, id, billing.operator());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(header(answer, "content-type")).startsWith(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"application/pdf", "image/png, text/plain", "text/html;q=0, application/json;q=0", "nonsense"})
    void whatIsNotThereIsRefusedBeforeAnythingIsMade(String accept) {
        TenantId acme = desk.tenant();
        Answer refused = billing.send(billing.request(PATH, billing.operator())
                .header("content-type", "application/json")
                .header("accept", accept)
                .POST(BodyPublishers.ofString(InvoiceDesk.body(acme, "2026-11")))
                .build());

        assertThat(refused.status()).isEqualTo(406);
        assertThat(refused.text("code")).isEqualTo("not_acceptable");
        assertThat(refused.text("detail")).contains("text/html", "print");
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE tenant_id = '" + acme + "'"))
                .isZero();
    }

    private Answer accepting(String accept, String id, String passport) {
        return billing.send(billing.request(PATH + "/" + id, passport)
                .header("accept", accept)
                .GET()
                .build());
    }

    private static String header(Answer answer, String name) {
        return answer.response().headers().firstValue(name).orElse("");
    }

    private static List<BigDecimal> figures(String page, String pattern) {
        List<BigDecimal> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        while (matcher.find()) {
            found.add(new BigDecimal(matcher.group(1).replace(",", "")));
        }
        return found;
    }
}
