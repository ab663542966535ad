package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.billing.invoice.InvoiceDesk;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class StripeOffIT {

    @Test
    void withoutAKeyNothingIsSentAndThatIsSaidAndWithOneAnOperatorSendsItAfterwards(@TempDir Path directory)
            throws IOException, SQLException {
        try (SimulatedStripe simulator = new SimulatedStripe(directory, "http://127.0.0.1:1/none", "whsec_1");
                Wire wire = new Wire(simulator.url());
                Billing billing =
                        Billing.start(directory, "--weir.stripe.base-url=" + wire.url(), "--weir.stripe.api-key= ")) {
            InvoiceDesk desk = new InvoiceDesk(billing);
            billing.clock.set("2026-11-22T12:00:00Z");
            billing.publish(billing.tenantService, SnapshotTopic.PLANS, "starter", 1, Snapshots.starter());
            TenantId tenant = desk.tenant();
            Answer made = desk.order(tenant, "2026-11", "2026-11-22T12:00:00Z");
            assertThat(made.text("state")).isEqualTo("rated");
            assertThat(made.json().path("stripe").path("state").asString()).isEqualTo("not_sent");
            assertThat(made.json().path("stripe").path("reason").asString())
                    .contains("Stripe was not set up", "resume");
            String resume = InvoiceDesk.PATH + "/" + made.text("id") + "/resume";
            Answer refused = billing.post(resume, "", billing.operator());
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.text("detail")).contains("weir.stripe.api-key");
            Answer event = billing.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + billing.port() + StripeDesk.WEBHOOK))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build());
            assertThat(event.status()).isEqualTo(503);
            assertThat(event.text("detail")).contains("weir.stripe.webhook-secret");

            billing.restart(
                    "--weir.stripe.base-url=" + wire.url(),
                    "--weir.stripe.api-key=sk_test_1",
                    "--weir.stripe.poll-interval=100ms");
            assertThat(wire.calls()).isEmpty();
            String path = InvoiceDesk.PATH + "/" + made.text("id");
            assertThat(billing.get(path, billing.operator()).json()).isEqualTo(made.json());
            assertThat(billing.post(resume, "", billing.operator()).status()).isEqualTo(202);
            JsonNode shown = Eventually.value(
                    StripeDesk.WAIT,
                    () -> billing.get(path, billing.operator()).json(),
                    invoice -> invoice.path("state").asString("").equals("finalised"));
            assertThat(shown.path("stripe").path("total").asString()).isEqualTo(made.text("total"));
        }
    }
}
