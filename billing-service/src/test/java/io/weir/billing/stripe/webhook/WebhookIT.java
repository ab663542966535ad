package io.weir.billing.stripe.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.net.Webhook;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.billing.Billing.Answer;
import io.weir.billing.stripe.StripeDesk;
import io.weir.billing.stripe.Wire.Fate;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Who may tell us something, and what we make of it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookIT {

    private StripeDesk stripe;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, SQLException {
        stripe = new StripeDesk(directory);
    }

    @AfterAll
    void stop() {
        stripe.close();
    }

    @AfterEach
    void allIsWell() {
        stripe.wire.heal();
        stripe.behave("{}");
    }

    @Test
    void aPaymentArrivesHoweverOftenAndInWhateverOrderItsEventsCome() {
        stripe.behave("{\"duplicateWebhooks\": true, \"reorderWebhooks\": true}");
        TenantId tenant = stripe.tenant();
        String id = stripe.invoice(tenant);
        String theirs = finalised(id);
        stripe.stripe("POST", "/v1/invoices/" + theirs + "/pay", "paid_out_of_band", "true");
        JsonNode shown = stripe.awaitState(id, "paid");
        assertThat(shown.path("stripe").path("status").asString()).isEqualTo("paid");
        awaitApplied(theirs);
        assertThat(stripe.shown(id).path("state").asString()).isEqualTo("paid");
        assertThat(stripe.billing.count("SELECT count(*) FROM stripe_event WHERE object_id = '" + theirs + "'"))
                .as(
                        "created, updated by each line and by its finalisation, finalized, updated, paid, payment_succeeded")
                .isEqualTo(stripe.state()
                        .path("events")
                        .valueStream()
                        .filter(event -> event.path("data")
                                .path("object")
                                .path("id")
                                .asString("")
                                .equals(theirs))
                        .count());
    }

    @Test
    void anInvoiceVoidedAtStripeIsVoid() {
        TenantId tenant = stripe.tenant();
        String id = stripe.invoice(tenant);
        String theirs = finalised(id);
        stripe.stripe("POST", "/v1/invoices/" + theirs + "/void");
        stripe.awaitState(id, "void");
    }

    /// Even a look that was made before the payment, and comes to be written after it, changes nothing.
    @Test
    void whatIsPaidNeverGoesBackToOpen() throws Exception {
        TenantId tenant = stripe.tenant();
        String id = stripe.invoice(tenant);
        String theirs = finalised(id);
        String open = stripe.stripe("GET", "/v1/invoices/" + theirs).toString();
        stripe.stripe("POST", "/v1/invoices/" + theirs + "/pay", "paid_out_of_band", "true");
        stripe.awaitState(id, "paid");
        awaitApplied(theirs);
        stripe.wire.decide(call -> call.is("GET", "/v1/invoices/" + theirs)
                ? new Fate.Answered(200, open, Map.of("content-type", "application/json"))
                : new Fate.Passed());
        String event = newEvent();
        assertThat(send(body(event, "invoice.finalized", theirs), now()).status())
                .isEqualTo(200);
        Eventually.passes(
                StripeDesk.WAIT,
                () -> assertThat(stripe.billing.count(
                                "SELECT count(*) FROM stripe_event WHERE applied_at IS NOT NULL AND event_id = '"
                                        + event + "'"))
                        .isEqualTo(1));
        assertThat(stripe.shown(id).path("state").asString()).isEqualTo("paid");
        assertThat(stripe.shown(id).path("stripe").path("status").asString()).isEqualTo("paid");
    }

    @Test
    void anEventIsDurableBeforeItsAnswerAndAppliedOnceStripeCanBeAskedEvenAfterARestart() throws Exception {
        TenantId tenant = stripe.tenant();
        String id = stripe.invoice(tenant);
        String theirs = finalised(id);
        awaitApplied(theirs);
        stripe.wire.decide(call -> new Fate.Lost());
        stripe.webhooks.decide(call -> new Fate.Lost());
        stripe.stripe("POST", "/v1/invoices/" + theirs + "/pay", "paid_out_of_band", "true");
        String event = newEvent();
        assertThat(send(body(event, "invoice.paid", theirs), now()).status()).isEqualTo(200);
        assertThat(stripe.billing.count(
                        "SELECT count(*) FROM stripe_event WHERE event_id = '" + event + "' AND applied_at IS NULL"))
                .isEqualTo(1);
        assertThat(stripe.shown(id).path("state").asString()).isEqualTo("finalised");
        stripe.restart();
        // A kill leaves the event with the dead one until its lease runs out.
        stripe.billing.alter("UPDATE stripe_event SET next_attempt_at = now() WHERE event_id = '" + event + "'");
        stripe.wire.heal();
        stripe.awaitState(id, "paid");
        stripe.webhooks.heal();
    }

    @ParameterizedTest
    @CsvSource({
        "whsec_someone_elses, 0, does not match",
        "" + StripeDesk.SECRET + ", -301, older than 5 minutes",
        "" + StripeDesk.SECRET + ", -86400, older than 5 minutes",
    })
    void anEventSignedByAnotherOrTooLongAgoIsRefusedAndChangesNothing(String secret, int seconds, String why)
            throws Exception {
        double before = count("refused");
        String event = newEvent();
        String body = body(event, "invoice.paid", "in_1");
        Answer refused = post(body, sign(body, secret, now().plusSeconds(seconds)));
        assertRefused(refused, event, why);
        assertThat(count("refused")).isEqualTo(before + 1);
    }

    @Test
    void aBodyChangedOnItsWayIsRefused() throws Exception {
        String event = newEvent();
        String body = body(event, "invoice.paid", "in_1");
        String signature = sign(body, StripeDesk.SECRET, now());
        assertRefused(post(body.replace("in_1", "in_2"), signature), event, "does not match");
        assertRefused(post(body + " ", signature), event, "does not match");
        assertRefused(post("", signature), event, "does not match");
        assertThat(post(body, signature).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "t=,v1=", "v1=00", "t=1", "t=abc,v1=00", "nonsense", "t=1795381685,v1=", "=,=,=", "t"})
    void aSignatureThatIsNoneIsRefused(String signature) throws Exception {
        String event = newEvent();
        assertRefused(post(body(event, "invoice.paid", "in_1"), signature), event, "signature");
    }

    @Test
    void aSignedEventOfFourMinutesAgoIsTakenOnceHoweverOftenItIsReplayed() throws Exception {
        double duplicates = count("duplicate");
        String event = newEvent();
        String body = body(event, "invoice.paid", "in_of_somebody_else");
        String signature = sign(body, StripeDesk.SECRET, now().minusSeconds(240));
        for (int i = 0; i < 3; i++) {
            Answer taken = post(body, signature);
            assertThat(taken.status()).isEqualTo(200);
            assertThat(taken.json().path("received").asBoolean()).isTrue();
        }
        assertThat(stored(event)).isEqualTo(1);
        assertThat(count("duplicate")).isEqualTo(duplicates + 2);
        Eventually.passes(
                StripeDesk.WAIT,
                () -> assertThat(stripe.billing.count("SELECT count(*) FROM stripe_event WHERE event_id = '" + event
                                + "' AND outcome = 'not_ours'"))
                        .isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "nonsense",
                "{\"id\": \"evt_1\"}",
                "{\"id\": \"evt\\u0000\", \"type\": \"t\", \"created\": 1, \"data\": {\"object\": {\"object\": \"invoice\", \"id\": \"in\"}}}",
                "{\"id\": 7, \"type\": [], \"created\": 1, \"data\": {\"object\": {\"object\": \"invoice\", \"id\": \"in\"}}}",
                "{\"id\": \"evt_2\", \"type\": \"t\", \"created\": 1e99, \"data\": {\"object\": {\"object\": \"invoice\", \"id\": \"in\"}}}"
            })
    void aSignedBodyThatIsNoEventIs400(String body) throws Exception {
        long before = stripe.billing.count(
                "SELECT count(*) FROM stripe_event WHERE event_id LIKE 'evt%' AND length(event_id) < 8");
        Answer refused = send(body, now());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("param")).isEqualTo("body");
        assertThat(stripe.billing.count(
                        "SELECT count(*) FROM stripe_event WHERE event_id LIKE 'evt%' AND length(event_id) < 8"))
                .isEqualTo(before);
    }

    @Test
    void eventsAboutOtherThingsAreTakenAndLeftAlone() throws Exception {
        String event = newEvent();
        String body = "{\"id\": \"" + event + "\", \"type\": \"balance.available\", \"created\": 1795381685,"
                + " \"data\": {\"object\": {\"object\": \"balance\"}}}";
        assertThat(send(body, now()).status()).isEqualTo(200);
        Eventually.passes(
                StripeDesk.WAIT,
                () -> assertThat(stripe.billing.count("SELECT count(*) FROM stripe_event WHERE event_id = '" + event
                                + "' AND outcome = 'ignored'"))
                        .isEqualTo(1));
    }

    @Test
    void eventsAppliedLongAgoAreForgottenAndNoOthers() {
        String old = newEvent();
        String recent = newEvent();
        String waiting = newEvent();
        String insert = "INSERT INTO stripe_event (event_id, type, object, object_id, happened_at, received_at,"
                + " next_attempt_at, applied_at) SELECT '%s', 't', 'balance', 'b', now() - interval '90 days',"
                + " now() - interval '90 days', now() + interval '1 day', %s";
        stripe.billing.alter(insert.formatted(old, "now() - interval '61 days'"));
        stripe.billing.alter(insert.formatted(recent, "now() - interval '59 days'"));
        stripe.billing.alter(insert.formatted(waiting, "NULL"));
        R2dbcStripeEvents events = new R2dbcStripeEvents(stripe.billing.bean(PlatformTransaction.class));
        assertThat(events.prune(60).block(StripeDesk.WAIT)).isEqualTo(1);
        assertThat(stored(old)).isZero();
        assertThat(stored(recent)).isEqualTo(1);
        assertThat(stored(waiting)).isEqualTo(1);
    }

    @Test
    void aBodyOfMoreThanAMegabyteIs413() throws Exception {
        String body = body(newEvent(), "invoice.paid", "in_1");
        assertThat(send(body + " ".repeat(1_048_576 - body.length()), now()).status())
                .isEqualTo(200);
        Answer refused = send(body + " ".repeat(1_048_577 - body.length()), now());
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.text("code")).isEqualTo("request_too_large");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/billing/webhooks/stripe",
        "PUT, /api/billing/webhooks/stripe",
        "POST, /api/billing/webhooks/stripe/",
        "POST, /api/billing/webhooks/%73tripe",
        "POST, /api/billing/webhooks",
        "POST, /api/billing/invoices",
        "GET, /api/billing/prices",
    })
    void nothingButThatOneRouteGoesWithoutAPassport(String method, String path) {
        Answer refused = stripe.billing.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stripe.billing.port() + path))
                        .timeout(StripeDesk.WAIT)
                        .method(method, BodyPublishers.ofString("{}"))
                        .build());
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.text("code")).isEqualTo("passport_refused");
    }

    private String finalised(String invoice) {
        return stripe.awaitState(invoice, "finalised")
                .path("stripe")
                .path("invoiceId")
                .asString();
    }

    // Every event that Stripe has sent about it has come and was applied.
    private void awaitApplied(String theirs) {
        Eventually.passes(StripeDesk.WAIT, () -> {
            long happened = stripe.state()
                    .path("events")
                    .valueStream()
                    .filter(event -> event.path("data")
                            .path("object")
                            .path("id")
                            .asString("")
                            .equals(theirs))
                    .count();
            assertThat(stripe.billing.count("SELECT count(*) FROM stripe_event WHERE applied_at IS NOT NULL"
                            + " AND object_id = '" + theirs + "'"))
                    .isEqualTo(happened);
        });
    }

    private void assertRefused(Answer answer, String event, String why) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("type")).isEqualTo("urn:weir:problem:invalid-request");
        assertThat(answer.text("param")).isEqualTo("stripe-signature");
        assertThat(answer.text("detail")).contains(why);
        assertThat(stored(event)).isZero();
    }

    private long stored(String event) {
        return stripe.billing.count("SELECT count(*) FROM stripe_event WHERE event_id = '" + event + "'");
    }

    private double count(String outcome) {
        return stripe.billing
                .bean(MeterRegistry.class)
                .counter("weir.stripe.webhooks", "outcome", outcome)
                .count();
    }

    private Instant now() {
        return stripe.billing.clock.instant();
    }

    private static String newEvent() {
        return "evt_" + UUID.randomUUID().toString().replace("-", "");
    }

    private static String body(String event, String type, String invoice) {
        return "{\"id\": \"" + event + "\", \"object\": \"event\", \"type\": \"" + type
                + "\", \"created\": 1795381685, \"data\": {\"object\": {\"object\": \"invoice\", \"id\": \"" + invoice
                + "\", \"status\": \"paid\"}}}";
    }

    private static String sign(String body, String secret, Instant at) throws GeneralSecurityException {
        return Webhook.Signature.generateSignatureHeader(body, secret, at.getEpochSecond());
    }

    private Answer send(String body, Instant signedAt) throws GeneralSecurityException {
        return post(body, sign(body, StripeDesk.SECRET, signedAt));
    }

    private Answer post(String body, String signature) {
        return stripe.billing.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stripe.billing.port() + StripeDesk.WEBHOOK))
                        .timeout(StripeDesk.WAIT)
                        .header("stripe-signature", signature)
                        .POST(BodyPublishers.ofString(body))
                        .build());
    }
}
