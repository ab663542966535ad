package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.billing.invoice.InvoiceDesk;
import io.weir.billing.stripe.Wire.Fate;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What must not be finalised is not; it waits, says why, and goes on when somebody has looked.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StripeParkedIT {

    private static final Fate PASSED = new Fate.Passed();

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
        stripe.webhooks.heal();
    }

    @Test
    void aForeignItemOnTheDraftParksTheInvoiceUntilItIsGone() {
        TenantId tenant = stripe.tenant();
        double before = parked(Parking.TOTALS_DIFFER);
        onFirst("POST", "/v1/invoiceitems", call -> foreignItem(tenant, "77"));
        String id = stripe.invoice(tenant);
        JsonNode shown = stripe.awaitState(id, "parked");
        assertThat(shown.path("stripe").path("reason").asString()).contains("none of our lines", "77", "resume");
        assertThat(stripe.invoices(id).getFirst().path("status").asString()).isEqualTo("draft");
        assertThat(parked(Parking.TOTALS_DIFFER)).isEqualTo(before + 1);
        Answer asTenant =
                stripe.billing.get(InvoiceDesk.PATH + "/" + id, stripe.billing.passport(tenant, Scope.BILLING));
        assertThat(asTenant.text("state")).isEqualTo("parked");
        assertThat(asTenant.json().path("stripe").has("reason")).isFalse();

        stripe.stripe("DELETE", "/v1/invoiceitems/" + foreign(id));
        resume(id);
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
    }

    /// A foreign credit hides a foreign charge from the total, not from the comparison of the lines.
    @Test
    void foreignItemsThatCancelOutParkItAllTheSame() {
        TenantId tenant = stripe.tenant();
        onFirst("POST", "/v1/invoiceitems", call -> {
            foreignItem(tenant, "500");
            foreignItem(tenant, "-500");
        });
        String id = stripe.invoice(tenant);
        assertThat(stripe.awaitState(id, "parked").path("stripe").path("reason").asString())
                .contains("none of our lines");
    }

    @Test
    void aLineChangedAtStripeParksItAndIsSentAnewOnceDeleted() {
        TenantId tenant = stripe.tenant();
        AtomicInteger reads = new AtomicInteger();
        stripe.wire.decide(call -> {
            // The second list of items is the one that is compared.
            if (call.is("GET", "/v1/invoiceitems") && reads.incrementAndGet() == 2) {
                JsonNode line = stripe.stripe(
                                "GET",
                                "/v1/invoiceitems?limit=1&"
                                        + call.query()
                                                .replaceAll("&?limit=[0-9]+", "")
                                                .replaceFirst("^&", ""))
                        .path("data")
                        .path(0);
                stripe.stripe("POST", "/v1/invoiceitems/" + line.path("id").asString(), "amount", "34");
            }
            return PASSED;
        });
        String id = stripe.invoice(tenant);
        String reason =
                stripe.awaitState(id, "parked").path("stripe").path("reason").asString();
        assertThat(reason).contains("line 2 is 34 minor units of USD", "ours is 0.33 USD");
        stripe.stripe("DELETE", "/v1/invoiceitems/" + reason.replaceAll(".*\\((ii_[A-Za-z0-9]+)\\).*", "$1"));
        resume(id);
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
    }

    /// Nothing can be compared and finalised in one step: what slips in between is found in the answer.
    @Test
    void whatSlipsInBetweenComparisonAndFinalisationIsFoundAndNeverCountsAsFinalised() {
        TenantId tenant = stripe.tenant();
        AtomicBoolean done = new AtomicBoolean();
        stripe.wire.decide(call -> {
            if (call.path().endsWith("/finalize") && !done.getAndSet(true)) {
                foreignItem(tenant, "1");
            }
            return PASSED;
        });
        String id = stripe.invoice(tenant);
        JsonNode shown = stripe.awaitState(id, "parked");
        assertThat(shown.path("stripe").path("reason").asString()).contains("9984", "99.83", "void it");
        String first = shown.path("stripe").path("invoiceId").asString();
        resume(id);
        stripe.awaitState(id, "parked");

        stripe.stripe("POST", "/v1/invoices/" + first + "/void");
        Eventually.passes(
                StripeDesk.WAIT,
                () -> assertThat(stripe.shown(id).path("stripe").path("reason").asString())
                        .contains("voided"));
        resume(id);
        JsonNode anew = stripe.awaitState(id, "finalised");
        assertThat(anew.path("stripe").path("invoiceId").asString()).isNotEqualTo(first);
        assertThat(anew.path("stripe").path("total").asString()).isEqualTo("99.83");
        assertThat(stripe.invoices(id)).hasSize(2);
    }

    @Test
    void anInvoiceVoidedAtStripeIsSentAnewThoughNoEventOfItEverCame() {
        TenantId tenant = stripe.tenant();
        String id = finalisedWithAnotherTotal(tenant);
        String first = voided(id);
        resume(id);
        JsonNode anew = stripe.awaitState(id, "finalised");
        assertThat(anew.path("stripe").path("invoiceId").asString()).isNotEqualTo(first);
        assertThat(anew.path("stripe").path("total").asString()).isEqualTo("99.83");
        assertThat(stripe.invoices(id)).hasSize(2);
    }

    /// The look of the resumption fails, so the worker is the first to see it.
    @Test
    void aVoidedInvoiceThatOnlyTheWorkerSeesIsParkedAsGoneAndTheNextResumptionSendsItAnew() {
        TenantId tenant = stripe.tenant();
        String id = finalisedWithAnotherTotal(tenant);
        String first = voided(id);
        stripe.wire.decide(call -> call.is("GET", "/v1/invoices/" + first) ? new Fate.Lost() : PASSED);
        resume(id);
        stripe.wire.heal();
        Eventually.passes(
                StripeDesk.WAIT,
                () -> assertThat(stripe.shown(id).path("stripe").path("reason").asString(""))
                        .contains("voided"));
        resume(id);
        assertThat(stripe.awaitState(id, "finalised")
                        .path("stripe")
                        .path("invoiceId")
                        .asString())
                .isNotEqualTo(first);
    }

    // No event comes, neither of that nor of what follows.
    private String finalisedWithAnotherTotal(TenantId tenant) {
        stripe.webhooks.decide(call -> new Fate.Lost());
        AtomicBoolean done = new AtomicBoolean();
        stripe.wire.decide(call -> {
            if (call.path().endsWith("/finalize") && !done.getAndSet(true)) {
                foreignItem(tenant, "1");
            }
            return PASSED;
        });
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "parked");
        stripe.wire.heal();
        return id;
    }

    private String voided(String id) {
        String theirs = stripe.invoices(id).getFirst().path("id").asString();
        stripe.stripe("POST", "/v1/invoices/" + theirs + "/void");
        return theirs;
    }

    /// An operator finalised it meanwhile, and it was paid: what Stripe then refuses concerns nobody any more.
    @Test
    void aRefusalThatComesAfterThePaymentParksNothing() {
        TenantId tenant = stripe.tenant();
        double before = parked(Parking.REFUSED);
        AtomicInteger refused = new AtomicInteger();
        stripe.wire.decide(call -> {
            if (call.path().endsWith("/finalize") && refused.getAndIncrement() == 0) {
                String theirs = draftOf(tenant);
                stripe.stripe("POST", "/v1/invoices/" + theirs + "/finalize");
                stripe.stripe("POST", "/v1/invoices/" + theirs + "/pay", "paid_out_of_band", "true");
                awaitPaid(theirs);
            }
            return PASSED;
        });
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "paid");
        awaitReleased(tenant);
        assertThat(stripe.shown(id).path("state").asString()).isEqualTo("paid");
        assertThat(refused).hasValue(1);
        assertThat(parked(Parking.REFUSED)).isEqualTo(before);
    }

    @Test
    void aWorkerThatLostItsClaimParksNothing() {
        TenantId tenant = stripe.tenant();
        double before = parked(Parking.REFUSED);
        AtomicBoolean taken = new AtomicBoolean();
        stripe.wire.decide(call -> {
            if (!call.path().endsWith("/finalize") || taken.getAndSet(true)) {
                return PASSED;
            }
            stripe.billing.alter("UPDATE stripe_customer SET claimed_by = gen_random_uuid(),"
                    + " claimed_until = now() + interval '1 second' WHERE tenant_id = '" + tenant + "'");
            return new Fate.Answered(
                    400, "{\"error\":{\"message\":\"No.\",\"type\":\"invalid_request_error\"}}", Map.of());
        });
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "finalised");
        assertThat(taken).isTrue();
        assertThat(parked(Parking.REFUSED)).isEqualTo(before);
        stripe.assertOnceAndEqual(tenant, id);
    }

    private void awaitPaid(String theirs) {
        awaitOne("SELECT count(*) FROM stripe_invoice WHERE state = 'paid' AND stripe_id = '" + theirs + "'");
    }

    private void awaitReleased(TenantId tenant) {
        awaitOne("SELECT count(*) FROM stripe_customer WHERE claimed_by IS NULL AND tenant_id = '" + tenant + "'");
    }

    private void awaitOne(String count) {
        Eventually.passes(
                StripeDesk.WAIT, () -> assertThat(stripe.billing.count(count)).isEqualTo(1));
    }

    @Test
    void aDraftDeletedAtStripeIsSentAnewAsAnotherVersion() {
        TenantId tenant = stripe.tenant();
        AtomicBoolean done = new AtomicBoolean();
        stripe.wire.decide(call -> {
            if (call.key().endsWith("/line/1") && !done.getAndSet(true)) {
                stripe.stripe("DELETE", "/v1/invoices/" + draftOf(tenant));
            }
            return PASSED;
        });
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "parked");
        assertThat(stripe.invoices(id)).isEmpty();
        Eventually.passes(
                StripeDesk.WAIT,
                () -> assertThat(stripe.billing.count("SELECT count(*) FROM stripe_invoice WHERE parked_as = 'gone'"
                                + " AND invoice_id = '" + id + "'"))
                        .isEqualTo(1));
        resume(id);
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
        assertThat(stripe.invoices(id)
                        .getFirst()
                        .path("metadata")
                        .path("weir_version")
                        .asString())
                .isEqualTo("2");
    }

    @Test
    void aCustomerDeletedAtStripeIsMadeAnew() {
        TenantId tenant = stripe.tenant();
        String october = stripe.desk.order(tenant, "2026-10").text("id");
        stripe.awaitState(october, "finalised");
        String first = stripe.customers(tenant).getFirst().path("id").asString();
        stripe.stripe("DELETE", "/v1/customers/" + first);
        String id = stripe.invoice(tenant);
        assertThat(stripe.awaitState(id, "parked").path("stripe").path("reason").asString())
                .contains("No such customer");
        resume(id);
        JsonNode shown = stripe.awaitState(id, "finalised");
        assertThat(shown.path("stripe").path("customerId").asString()).isNotEqualTo(first);
        assertThat(stripe.invoices(id)).hasSize(1);
    }

    @Test
    void whatStripeRefusesForGoodIsParkedWithItsMessageAndTriedUnderANewKeyAfterwards() {
        TenantId tenant = stripe.tenant();
        String slot = "weir/" + tenant + "/2026-11/v1/finalise";
        stripe.wire.decide(call -> call.key().equals(slot)
                ? new Fate.Answered(
                        400,
                        "{\"error\":{\"message\":\"Your account cannot do this yet.\","
                                + "\"type\":\"invalid_request_error\"}}",
                        Map.of())
                : PASSED);
        String id = stripe.invoice(tenant);
        assertThat(stripe.awaitState(id, "parked").path("stripe").path("reason").asString())
                .isEqualTo("Stripe answered 400: Your account cannot do this yet.");
        resume(id);
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
        assertThat(stripe.wire.calls()).anyMatch(call -> call.key().equals(slot + "/again/2"));
    }

    @Test
    void anInvoiceOfMoreLinesThanStripeTakesIsParkedBeforeAnythingIsSent() {
        TenantId tenant = stripe.desk.tenant();
        stripe.desk.seal(Snapshots.hour(
                tenant,
                "2026-11-02T10:00:00Z",
                1,
                false,
                1,
                IntStream.range(0, StripeLines.MOST)
                        .mapToObj(i -> new Total("openai", "m-" + i, "r-" + i, Meter.TEXT_IN, 1, Amount.of("0.01")))
                        .toArray(Total[]::new)));
        String id = stripe.invoice(tenant);
        assertThat(stripe.awaitState(id, "parked").path("stripe").path("reason").asString())
                .contains("252 lines", "250");
        assertThat(stripe.customers(tenant)).isEmpty();
    }

    @Test
    void anAmountThatStripeDoesNotTakeIsParkedWithItsMessage() {
        TenantId tenant = stripe.desk.tenant();
        stripe.desk.seal(Snapshots.hour(
                tenant, "2026-11-02T10:00:00Z", 1, false, 1, Snapshots.mini(Meter.TEXT_IN, 1, "99999999")));
        String id = stripe.invoice(tenant);
        assertThat(stripe.awaitState(id, "parked").path("stripe").path("reason").asString())
                .contains("Amount must be no more than");
        assertThat(stripe.invoices(id).getFirst().path("status").asString()).isEqualTo("draft");
    }

    @Test
    void onlyWhatIsParkedCanBeResumed() {
        TenantId tenant = stripe.tenant();
        String draft = stripe.desk.order(tenant, "2026-11").text("id");
        Answer refused = post(draft);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("detail")).contains("draft");
        assertThat(post("01930000-0000-7000-8000-0000000000a1").status()).isEqualTo(404);
        assertThat(post("nonsense").status()).isEqualTo(404);
    }

    private void resume(String id) {
        assertThat(post(id).status()).isEqualTo(202);
    }

    private Answer post(String id) {
        return stripe.billing.post(InvoiceDesk.PATH + "/" + id + "/resume", "", stripe.billing.operator());
    }

    private void onFirst(String method, String path, Consumer<Wire.Call> action) {
        AtomicBoolean done = new AtomicBoolean();
        stripe.wire.decide(call -> {
            if (call.is(method, path) && !done.getAndSet(true)) {
                action.accept(call);
            }
            return PASSED;
        });
    }

    private void foreignItem(TenantId tenant, String amount) {
        stripe.stripe(
                "POST",
                "/v1/invoiceitems",
                "customer",
                stripe.customers(tenant).getFirst().path("id").asString(),
                "invoice",
                draftOf(tenant),
                "currency",
                "usd",
                "amount",
                amount);
    }

    private String draftOf(TenantId tenant) {
        String customer = stripe.customers(tenant).getFirst().path("id").asString();
        return stripe.stripe("GET", "/v1/invoices?status=draft&customer=" + customer)
                .path("data")
                .path(0)
                .path("id")
                .asString();
    }

    private String foreign(String invoice) {
        return stripe.invoices(invoice)
                .getFirst()
                .path("lines")
                .valueStream()
                .filter(line -> line.path("metadata").isEmpty())
                .map(line -> line.path("parent")
                        .path("invoice_item_details")
                        .path("invoice_item")
                        .asString())
                .findFirst()
                .orElseThrow();
    }

    private double parked(Parking reason) {
        return stripe.billing
                .bean(MeterRegistry.class)
                .counter("weir.stripe.invoices.parked", "reason", reason.word())
                .count();
    }
}
