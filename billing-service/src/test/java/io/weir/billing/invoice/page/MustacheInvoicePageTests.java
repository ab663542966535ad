package io.weir.billing.invoice.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.invoice.Invoice;
import io.weir.billing.invoice.InvoiceState;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MustacheInvoicePageTests {

    private static final InvoicePageProperties SELLER =
            new InvoicePageProperties("Weir & Sons AG", List.of("Uferweg 1", "8001 Zürich", "CHE-123.456.789 MWST"));
    private static final MustacheInvoicePage PAGE = new MustacheInvoicePage(SELLER);

    @Test
    void whatACustomerMustKnowIsThere() {
        String page = PAGE.html(SampleInvoice.closed(), InvoiceState.RATED, null);

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("<html lang=\"en\">", "No. WEIR-000042", ">Final</span>")
                .contains("Weir &amp; Sons AG", "CHE-123.456.789 MWST", "bigfinance", "Plan growth")
                .contains("1 to 30 November 2026", "Europe/Zurich", "1 December 2026, 03:14")
                .contains("61,204 calls, of which 11,204 beyond the 50,000 included per month, at 0.002 each")
                .contains(">184,203,411<", ">31,204,990<", "849.81427025", ">849.81<")
                .contains("772.5584275 × 1.1", ">openai/gpt-4o/text_in@2026-01-01<")
                .contains("text in cached 96,500,112", "cache write 5m 4,001,200");
    }

    @Test
    void theTotalsAreTheSumsOfTheLinesAndTheInvoicesOwn() {
        Invoice invoice = SampleInvoice.closed();
        String page = PAGE.html(invoice, InvoiceState.RATED, null);

        assertThat(figure(page, "total")).isEqualByComparingTo(invoice.total().value());
        assertThat(figure(page, "fees-total").add(figure(page, "models-total")))
                .isEqualByComparingTo(invoice.total().value());
        assertThat(amounts(page))
                .containsExactlyElementsOf(invoice.lines().stream()
                        .map(line -> line.amount().value())
                        .toList());
    }

    @Test
    void aModelsBarIsItsShareOfAllModels() {
        String page = PAGE.html(SampleInvoice.closed(), InvoiceState.RATED, null);

        assertThat(all(page, "<rect width=\"([0-9.]+)\" height=\"8\"/>"))
                .containsExactly("64.2", "10.0", "25.7", "0.0");
        assertThat(page)
                .contains(
                        "aria-label=\"64.2 percent of model usage\"",
                        "aria-label=\"under 0.1 percent of model usage\"");
    }

    @Test
    void aDraftIsMarkedAsSuchAndHasNoNumber() {
        String page = PAGE.html(SampleInvoice.draft(), InvoiceState.DRAFT, null);

        assertThat(page)
                .contains("<h1>Draft invoice</h1>", "<title>Draft invoice for bigfinance</title>")
                .contains("This is a draft, not an invoice", "class=\"badge draft\"")
                .doesNotContain("No. ");
    }

    @ParameterizedTest
    @EnumSource(InvoiceState.class)
    void everyStateHasItsWordAndOnlyAnOpenInvoiceIsToBePaid(InvoiceState state) {
        Invoice invoice = state == InvoiceState.DRAFT ? SampleInvoice.draft() : SampleInvoice.closed();
        String page = PAGE.html(invoice, state, "https://invoice.stripe.com/i/1?a=1&b=\"2\"");

        assertThat(page.contains("href=")).isEqualTo(state == InvoiceState.FINALISED);
        assertThat(page.contains("Pay online")).isEqualTo(state == InvoiceState.FINALISED);
        assertThat(page).doesNotContain("parked", "Parked", "b=\"2\"");
        assertThat(page.contains("Nothing is to be paid.")).isEqualTo(state == InvoiceState.VOID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "http://pay.example",
                "data:text/html,x",
                "",
                "http://127.0.0.1.pay.example/",
                "http://localhost@pay.example/",
                "http://localhost:80@pay.example/"
            })
    void onlyASafeAddressBecomesALink(String address) {
        assertThat(PAGE.html(SampleInvoice.closed(), InvoiceState.FINALISED, address))
                .doesNotContain("href=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8091/invoices/in_1", "http://localhost:8091/invoices/in_1"})
    void aSimulatorOnThisMachineMayBeWhereToPay(String address) {
        assertThat(PAGE.html(SampleInvoice.closed(), InvoiceState.FINALISED, address))
                .contains("href=\"" + address + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "'/><svg/onload=alert(1)>",
                "{{tenantId}}</title><script>",
                "&lt;script&gt;<b>"
            })
    void aNameCannotBringMarkupIn(String name) {
        String plain = PAGE.html(SampleInvoice.withModel("plain"), InvoiceState.RATED, null);
        String attacked = PAGE.html(SampleInvoice.withModel(name), InvoiceState.RATED, null);
        InvoicePageProperties hostile = new InvoicePageProperties(name, List.of(name));
        String sold = new MustacheInvoicePage(hostile).html(SampleInvoice.withModel("plain"), InvoiceState.RATED, null);

        assertThat(tags(attacked)).isEqualTo(tags(plain));
        assertThat(tags(sold).stream().filter(tag -> !tag.matches("</?div>")).toList())
                .isEqualTo(tags(plain).stream()
                        .filter(tag -> !tag.matches("</?div>"))
                        .toList());
        assertThat(attacked).doesNotContain("<script", "<img", name);
    }

    @Test
    void nothingIsLoadedAndNothingRuns() {
        String page = PAGE.html(SampleInvoice.closed(), InvoiceState.RATED, null);

        assertThat(page.toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("<script", "<link", "<img", "<iframe", "@import", "url(", "src=", "href=", "://")
                .doesNotContainPattern(" on[a-z]+ *=");
    }

    @Test
    void everyTableSaysWhatItsCellsAre() {
        String page = PAGE.html(SampleInvoice.closed(), InvoiceState.RATED, null);

        assertThat(all(page, "(<table)")).hasSize(2);
        assertThat(all(page, "(<caption>)")).hasSize(2);
        assertThat(all(page, "(<th [^>]*scope=\"col\")")).hasSize(8);
        assertThat(all(page, "(<th [^>]*scope=\"row\")")).hasSize(6);
        assertThat(all(page, "<th ([^>]*)>")).allMatch(attributes -> attributes.contains("scope="));
        assertThat(page).contains("@media print", "@page { size: A4", "tabular-nums");
    }

    @Test
    void theFootnotesHashIsOverTheHoursInTheirOrder() {
        // sha256 of "2026-11-02T10:00:00Z 3 ab12 0.5\n2026-11-02T11:00:00Z 1 cd34 772.5584275\n"
        assertThat(all(PAGE.html(SampleInvoice.closed(), InvoiceState.RATED, null), "<code>([0-9a-f]{64})</code>"))
                .hasSize(4)
                .startsWith("6f6d8e9ede179a2c45f6736004d06a3dd41162c659ac679190e35add83dc62ed");
    }

    private static BigDecimal figure(String page, String id) {
        return number(all(page, "id=\"" + id + "\">([^<]*)<").getFirst());
    }

    private static List<BigDecimal> amounts(String page) {
        return all(page, "class=\"n amount\"[^>]*>([^<]*)<").stream()
                .map(MustacheInvoicePageTests::number)
                .toList();
    }

    private static BigDecimal number(String text) {
        return new BigDecimal(text.replace(",", ""));
    }

    private static List<String> tags(String page) {
        return all(page, "(</?[a-zA-Z!][^ >]*)").stream().map(tag -> tag + ">").toList();
    }

    private static List<String> all(String page, String pattern) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
