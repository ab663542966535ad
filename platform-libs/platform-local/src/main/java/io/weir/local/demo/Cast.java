package io.weir.local.demo;

import io.weir.local.platform.PlatformApi;
import io.weir.local.platform.PlatformApi.Answer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Provisions the customers of a run, under slugs that no other run has.
final class Cast {

    private static final Columns COLUMNS = new Columns("%-18s %-12s %-22s %-18s %s");

    private final PlatformApi api;
    private final String adminKey;
    private final Screen screen;

    Cast(PlatformApi api, String adminKey, Screen screen) {
        this.api = api;
        this.adminKey = adminKey;
        this.screen = screen;
    }

    List<Customer> provision() throws IOException, InterruptedException {
        screen.section("Three customers, each with a plan, a cap and a key of its own");
        screen.aside(COLUMNS.row("", "plan", "model spend capped at", "time zone", "key works after"));
        String run = Long.toString(Instant.now().toEpochMilli(), Character.MAX_RADIX);
        List<Customer> customers = new ArrayList<>();
        for (DemoScript.Role role : DemoScript.ROLES) {
            long began = System.nanoTime();
            Customer customer = provision(role, run);
            Until.succeeds("the key of " + customer.slug(), () -> api.get("/v1/models", customer.apiKey()));
            screen.row(COLUMNS.row(
                    customer.name(),
                    customer.plan(),
                    String.format(
                            Locale.ROOT, "$%,d a month", customer.monthlyCap().longValueExact()),
                    customer.zone(),
                    (System.nanoTime() - began) / 1_000_000 + " ms"));
            customers.add(customer);
        }
        return customers;
    }

    private Customer provision(DemoScript.Role role, String run) throws IOException, InterruptedException {
        String slug = role.name().toLowerCase(Locale.ROOT).replace(' ', '-') + "-" + run;
        Answer answer = api.post(
                "/api/tenants/provision",
                adminKey,
                Map.of(
                        "slug", slug,
                        "adminEmail", "admin@" + slug + ".example",
                        "planTier", role.plan(),
                        "maxMonthlySpend", role.monthlyCap(),
                        "timeZone", role.zone().getId()));
        if (!answer.succeeded()) {
            throw Until.refused("provisioning " + slug, answer);
        }
        return new Customer(
                role.name(),
                slug,
                role.plan(),
                role.monthlyCap(),
                role.zone(),
                answer.body().path("tenantId").asString(),
                answer.body().path("apiKey").asString());
    }
}
