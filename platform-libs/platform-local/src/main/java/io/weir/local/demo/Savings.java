package io.weir.local.demo;

import io.weir.local.platform.PlatformApi;
import io.weir.local.platform.PlatformApi.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// What the calls cost, against what their named baselines would have cost.
final class Savings {

    private static final Columns COLUMNS = new Columns("%-18s %8s %12s %12s %12s %7s   %s");

    private final PlatformApi api;
    private final Screen screen;

    Savings(PlatformApi api, Screen screen) {
        this.api = api;
        this.screen = screen;
    }

    void show(Map<Customer, List<MadeCall>> made) throws IOException, InterruptedException {
        screen.section("What it cost, and what it would have cost without routing");
        screen.aside(COLUMNS.row("", "requests", "actual", "baseline", "saved", "", "baseline of auto"));
        for (Map.Entry<Customer, List<MadeCall>> one : made.entrySet()) {
            show(one.getKey(), one.getValue());
        }
    }

    private void show(Customer customer, List<MadeCall> calls) throws IOException, InterruptedException {
        JsonNode summary = Until.holds(
                        "the cost summary of " + customer.slug(),
                        () -> api.get("/api/analytics/cost-summary?period=day", customer.apiKey()),
                        answer -> answer.succeeded()
                                && answer.body()
                                                .path("summary")
                                                .path("totalRequests")
                                                .asLong()
                                        == calls.size())
                .body()
                .path("summary");
        screen.row(COLUMNS.row(
                customer.name(),
                summary.path("totalRequests").asLong(),
                dollars(summary, "actualCostUsd"),
                dollars(summary, "baselineCostUsd"),
                dollars(summary, "savingsUsd"),
                summary.path("savingsPercent").decimalValue().toPlainString() + "%",
                baselines(customer)));
    }

    private static String dollars(JsonNode summary, String field) {
        return Screen.dollars(summary.path(field).decimalValue());
    }

    private String baselines(Customer customer) throws IOException, InterruptedException {
        Answer answer = api.get("/api/analytics/requests?limit=100", customer.apiKey());
        if (!answer.succeeded()) {
            throw Until.refused("the requests of " + customer.slug(), answer);
        }
        return StreamSupport.stream(answer.body().path("data").spliterator(), false)
                .filter(request -> request.path("requestedModel").asString("").equals("auto"))
                .map(request -> request.path("baselineModel").asString(""))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
