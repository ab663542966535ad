package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.billing.invoice.InvoiceDesk;
import io.weir.money.Meter;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Billing with a simulated Stripe behind a wire, and a wire back for its webhooks.
public final class StripeDesk implements AutoCloseable {

    public static final Duration WAIT = Duration.ofSeconds(90);
    public static final String SECRET = "whsec_0123456789abcdef0123456789abcdef";
    public static final String WEBHOOK = "/api/billing/webhooks/stripe";
    private static final String KEY = "sk_test_0123456789";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SimulatedStripe simulator;
    public final Wire wire;
    public final Wire webhooks;
    public final Billing billing;
    public final InvoiceDesk desk;
    private final HttpClient http = HttpClient.newHttpClient();

    public StripeDesk(Path directory) throws IOException, SQLException {
        webhooks = new Wire("http://127.0.0.1:1");
        simulator = new SimulatedStripe(directory, webhooks.url() + WEBHOOK, SECRET);
        wire = new Wire(simulator.url());
        billing = Billing.start(directory, arguments());
        webhooks.leadTo("http://127.0.0.1:" + billing.port());
        desk = new InvoiceDesk(billing);
        billing.clock.set("2026-11-22T12:00:00Z");
        billing.publish(billing.tenantService, SnapshotTopic.PLANS, "starter", 1, Snapshots.starter());
    }

    /// What a second instance needs as well.
    public String[] arguments() {
        return Map.of(
                        "base-url", wire.url(),
                        "api-key", KEY,
                        "webhook-secret", SECRET,
                        "poll-interval", "100ms",
                        "retry-backoff", "50ms",
                        "longest-backoff", "400ms",
                        "network-retries", "0",
                        "connect-timeout", "2s",
                        "read-timeout", "5s",
                        "lease", "10s")
                .entrySet()
                .stream()
                .map(setting -> "--weir.stripe." + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
    }

    /// As after a crash.
    public void restart() {
        billing.restart(arguments());
        webhooks.leadTo("http://127.0.0.1:" + billing.port());
    }

    /// A tenant with three lines to bill: 99.00, 0.50 and 0.33.
    public TenantId tenant() {
        TenantId tenant = desk.tenant();
        desk.seal(Snapshots.hour(
                tenant,
                "2026-11-02T10:00:00Z",
                1,
                false,
                15,
                Snapshots.mini(Meter.TEXT_IN, 1_001, "0.2"),
                Snapshots.mini(Meter.TEXT_OUT, 77, "0.1")));
        return tenant;
    }

    /// Makes the tenant's invoice final and answers its id.
    public String invoice(TenantId tenant) {
        Answer made = desk.order(tenant, "2026-11", "2026-11-22T12:00:00Z");
        assertThat(made.text("status")).as(made.response().body()).isEqualTo("final");
        return made.text("id");
    }

    public JsonNode shown(String invoice) {
        return billing.get(InvoiceDesk.PATH + "/" + invoice, billing.operator()).json();
    }

    public JsonNode awaitState(String invoice, String state) {
        return Eventually.value(
                WAIT,
                () -> shown(invoice),
                shown -> shown.path("state").asString("").equals(state));
    }

    public JsonNode state() {
        return parsed(control("GET", "/_state", ""));
    }

    public void behave(String json) {
        control("PUT", "/_behaviour", json);
    }

    public List<JsonNode> customers(TenantId tenant) {
        return with(state().path("customers"), "weir_tenant_id", tenant.toString());
    }

    public List<JsonNode> invoices(String invoice) {
        return with(state().path("invoices"), "weir_invoice_id", invoice);
    }

    private static List<JsonNode> with(JsonNode objects, String key, String value) {
        return objects.valueStream()
                .filter(object -> object.path("metadata").path(key).asString("").equals(value))
                .toList();
    }

    /// One customer, one invoice, each line once and as we have it, and the same total.
    public void assertOnceAndEqual(TenantId tenant, String id) {
        JsonNode ours = shown(id);
        assertThat(customers(tenant)).hasSize(1);
        assertThat(invoices(id)).hasSize(1);
        JsonNode theirs = invoices(id).getFirst();
        assertThat(theirs.path("total").asLong()).isEqualTo(minor(ours.path("total")));
        Map<String, Long> amounts = theirs.path("lines")
                .valueStream()
                .collect(Collectors.toMap(
                        line -> line.path("metadata").path("weir_line").asString(),
                        line -> line.path("amount").asLong()));
        assertThat(amounts).hasSize(ours.path("lines").size());
        for (int i = 0; i < ours.path("lines").size(); i++) {
            JsonNode line = ours.path("lines").path(i);
            assertThat(amounts).containsEntry("" + i, minor(line.path("amount")));
            assertThat(line.path("stripeItemId").asString("")).startsWith("ii_");
        }
        assertThat(ours.path("stripe").path("total").asString())
                .isEqualTo(ours.path("total").asString());
    }

    static long minor(JsonNode amount) {
        return Long.parseLong(amount.asString().replace(".", ""));
    }

    /// A call to Stripe by somebody else, past the wire.
    public JsonNode stripe(String method, String path, String... fields) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            form.append(form.isEmpty() ? "" : "&")
                    .append(fields[i])
                    .append('=')
                    .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        return parsed(control(method, path, form.toString()));
    }

    private String control(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(simulator.url() + path))
                .timeout(WAIT)
                .header("authorization", "Bearer " + KEY)
                .header("content-type", "application/x-www-form-urlencoded")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
            return answer.body();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    private static JsonNode parsed(String text) {
        return JSON.readTree(text);
    }

    @Override
    public void close() {
        billing.close();
        wire.close();
        webhooks.close();
        simulator.close();
        http.close();
    }
}
