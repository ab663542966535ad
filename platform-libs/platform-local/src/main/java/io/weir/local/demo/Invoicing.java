package io.weir.local.demo;

import io.weir.local.platform.PlatformApi;
import io.weir.local.platform.PlatformApi.Answer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Seals the hours of the calls, has an invoice made of them, and waits until Stripe has it to the cent.
final class Invoicing {

    private static final Columns COLUMNS = new Columns("%-44s %16s %12s");

    private final PlatformApi api;
    private final String adminKey;
    private final Path pages;
    private final Screen screen;

    /// @param pages a directory for the invoices as people see them
    Invoicing(PlatformApi api, String adminKey, Path pages, Screen screen) {
        this.api = api;
        this.adminKey = adminKey;
        this.pages = pages;
        this.screen = screen;
    }

    /// An invoice as billing shows it once Stripe has it.
    record Invoiced(YearMonth period, JsonNode invoice) {

        String stripeId() {
            return invoice.path("stripe").path("invoiceId").asString("");
        }

        BigDecimal amount(String field) {
            return decimal(invoice, field);
        }
    }

    /// One for each month that the calls touched in the customer's zone: two, where the run met midnight.
    Map<Customer, List<Invoiced>> invoice(List<Customer> customers, Instant began)
            throws IOException, InterruptedException {
        screen.section("An invoice each, finalised in Stripe");
        Instant ended = Instant.now();
        Map<Customer, List<Invoiced>> all = new LinkedHashMap<>();
        for (Customer customer : customers) {
            TreeSet<YearMonth> months = new TreeSet<>(List.of(
                    YearMonth.from(began.atZone(customer.zone())), YearMonth.from(ended.atZone(customer.zone()))));
            seal(customer, began, ended);
            List<Invoiced> invoices = new ArrayList<>();
            for (YearMonth month : months) {
                Invoiced invoiced = new Invoiced(month, finalInvoice(customer, month));
                show(customer, invoiced);
                invoices.add(invoiced);
            }
            all.put(customer, invoices);
        }
        return all;
    }

    private void seal(Customer customer, Instant began, Instant ended) throws IOException, InterruptedException {
        for (Instant hour = began.truncatedTo(ChronoUnit.HOURS);
                !hour.isAfter(ended);
                hour = hour.plus(1, ChronoUnit.HOURS)) {
            Map<String, String> body = Map.of("tenantId", customer.tenantId(), "hour", hour.toString());
            Until.succeeds(
                    "sealing " + hour + " of " + customer.slug(),
                    () -> api.post("/api/analytics/seal", adminKey, body));
        }
    }

    private JsonNode finalInvoice(Customer customer, YearMonth month) throws IOException, InterruptedException {
        awaitDraft(customer, month);
        Answer made = api.post(
                "/api/billing/invoices",
                adminKey,
                Map.of(
                        "tenantId", customer.tenantId(),
                        "period", month.toString(),
                        "asOf", Instant.now().toString()));
        if (!made.succeeded()) {
            throw Until.refused("the invoice of " + customer.slug(), made);
        }
        String path = "/api/billing/invoices/" + made.body().path("id").asString();
        return Until.holds(
                        "finalising the invoice of " + customer.slug(),
                        () -> api.get(path, adminKey),
                        answer -> answer.body().path("state").asString("").equals("finalised"))
                .body();
    }

    // Billing hears of a sealed hour a moment after it was published. The stream's total says what must be on it.
    private void awaitDraft(Customer customer, YearMonth month) throws IOException, InterruptedException {
        Map<String, String> body = Map.of("tenantId", customer.tenantId(), "period", month.toString());
        JsonNode summary = Until.succeeds(
                        "the cost summary of " + customer.slug(),
                        () -> api.get("/api/analytics/cost-summary?period=day", customer.apiKey()))
                .body()
                .path("summary");
        BigDecimal expected = summary.path("actualCostUsd").decimalValue();
        Until.holds(
                "the draft of " + customer.slug(),
                () -> api.post("/api/billing/invoices", adminKey, body),
                answer -> answer.succeeded()
                        && new BigDecimal(answer.body().path("exactModelCost").asString("0")).compareTo(expected) == 0);
    }

    private Path page(Customer customer, JsonNode invoice) throws IOException, InterruptedException {
        String id = invoice.path("id").asString("");
        Answer page = api.page("/api/billing/invoices/" + id, customer.apiKey());
        if (!page.succeeded()) {
            throw Until.refused("the page of invoice " + id, page);
        }
        Files.createDirectories(pages);
        Path file = pages.resolve(invoice.path("number").asString(id) + ".html");
        return Files.writeString(file, page.body().path("text").asString(""));
    }

    private void show(Customer customer, Invoiced invoiced) throws IOException, InterruptedException {
        JsonNode invoice = invoiced.invoice();
        screen.line("");
        screen.strongRow(customer.name() + ", " + invoiced.period() + " (" + customer.zone() + ")");
        screen.aside(COLUMNS.row("", "exact", "amount"));
        for (JsonNode line : invoice.path("lines")) {
            screen.row(COLUMNS.row(
                    describe(line), Screen.exactly(decimal(line, "exact")), Screen.exactly(decimal(line, "amount"))));
        }
        screen.strongRow(COLUMNS.row("Total", "", Screen.exactly(invoiced.amount("total"))));
        screen.aside("In Stripe: " + invoiced.stripeId() + ". As a page: " + page(customer, invoice));
    }

    private static String describe(JsonNode line) {
        return switch (line.path("kind").asString("")) {
            case "plan_fee" -> "Plan " + line.path("plan").asString("");
            case "call_overage" ->
                Screen.count(line.path("calls").asLong()) + " calls, "
                        + Screen.count(line.path("included").asLong()) + " included";
            case "model_usage" ->
                line.path("model").asString("") + ", " + Screen.count(tokens(line.path("quantities"))) + " tokens";
            default -> line.path("kind").asString("");
        };
    }

    private static BigDecimal decimal(JsonNode line, String field) {
        return new BigDecimal(line.path(field).asString("0"));
    }

    private static long tokens(JsonNode quantities) {
        long sum = 0;
        for (JsonNode quantity : quantities.values()) {
            sum += quantity.asLong();
        }
        return sum;
    }
}
