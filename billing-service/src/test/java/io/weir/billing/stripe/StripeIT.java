package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.billing.invoice.InvoiceDesk;
import io.weir.money.Amount;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The way of a final invoice through Stripe when nothing goes wrong.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StripeIT {

    private StripeDesk stripe;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, SQLException {
        stripe = new StripeDesk(directory);
    }

    @AfterAll
    void stop() {
        stripe.close();
    }

    @Test
    void aFinalInvoiceIsAtStripeToTheCentWithItsProofAndThenFinalised() {
        TenantId tenant = stripe.tenant();
        String id = stripe.invoice(tenant);
        JsonNode shown = stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
        assertThat(shown.path("total").asString()).isEqualTo("99.83");

        JsonNode at = shown.path("stripe");
        JsonNode theirs = stripe.invoices(id).getFirst();
        assertThat(at.path("state").asString()).isEqualTo("finalised");
        assertThat(at.path("status").asString()).isEqualTo("open");
        assertThat(at.path("invoiceId").asString()).isEqualTo(theirs.path("id").asString());
        assertThat(at.path("customerId").asString())
                .isEqualTo(theirs.path("customer").asString());
        assertThat(at.path("hostedInvoiceUrl").asString())
                .isEqualTo(theirs.path("hosted_invoice_url").asString())
                .endsWith("/invoices/" + theirs.path("id").asString());
        assertThat(theirs.path("number").asString())
                .isEqualTo(shown.path("number").asString());
        assertThat(theirs.path("collection_method").asString())
                .as("Stripe knows no address to send it to")
                .isEqualTo("charge_automatically");
        assertThat(theirs.path("auto_advance").asBoolean()).isFalse();

        JsonNode usage = theirs.path("lines").path(2);
        JsonNode proof = usage.path("metadata");
        assertThat(usage.path("amount").asLong()).isEqualTo(33);
        assertThat(proof.path("weir_exact").asString()).isEqualTo("0.33");
        assertThat(proof.path("weir_quantity").asString()).isEqualTo("text_in 1001; text_out 77");
        assertThat(proof.path("weir_price").asString())
                .isEqualTo("openai/gpt-4o-mini/text_in@2026-01-01 openai/gpt-4o-mini/text_out@2026-01-01");
        assertThat(proof.path("weir_sealed_hours_sha256").asString())
                .isEqualTo(StripeLines.sha256("2026-11-02T10:00:00Z 1 hash-1 0.3\n"));
    }

    @Test
    void aCustomerWhoseAddressStripeKnowsGetsAnInvoiceWithADayOnWhichItIsDue() {
        TenantId tenant = stripe.tenant();
        stripe.awaitState(stripe.desk.order(tenant, "2026-10").text("id"), "finalised");
        String customer = stripe.customers(tenant).getFirst().path("id").asString();
        stripe.stripe("POST", "/v1/customers/" + customer, "email", "billing@example.com");
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "finalised");
        JsonNode theirs = stripe.invoices(id).getFirst();
        assertThat(theirs.path("collection_method").asString()).isEqualTo("send_invoice");
        assertThat(theirs.path("auto_advance").asBoolean()).isFalse();
        assertThat(theirs.path("due_date").asLong()
                        - theirs.path("status_transitions").path("finalized_at").asLong())
                .isEqualTo(30L * 86_400);
    }

    @Test
    void aDraftIsNeverSent() {
        TenantId tenant = stripe.tenant();
        String draft = stripe.desk.order(tenant, "2026-11").text("id");
        // What is made final later is through, while the draft has not moved.
        TenantId other = stripe.tenant();
        stripe.awaitState(stripe.invoice(other), "finalised");
        assertThat(stripe.customers(tenant)).isEmpty();
        assertThat(stripe.shown(draft).path("state").asString()).isEqualTo("draft");
        assertThat(stripe.shown(draft).has("stripe")).isFalse();
    }

    @Test
    void aSecondMonthUsesTheSameCustomerAndAnInvoiceOfItsOwn() {
        TenantId tenant = stripe.tenant();
        Answer october = stripe.desk.order(tenant, "2026-10");
        assertThat(october.text("state"))
                .as("nothing is open in it")
                .isIn("rated", "items_sent", "totals_matched", "finalised");
        String november = stripe.invoice(tenant);
        stripe.awaitState(october.text("id"), "finalised");
        stripe.awaitState(november, "finalised");
        stripe.assertOnceAndEqual(tenant, october.text("id"));
        stripe.assertOnceAndEqual(tenant, november);
    }

    @Test
    void anInvoiceOfNothingIsPaidAsSoonAsItIsFinalised() {
        Terms starter = Snapshots.starter().terms().getFirst();
        PlanSnapshot free = new PlanSnapshot(
                "free",
                "Free",
                List.of(new Terms(
                        starter.effectiveFrom(),
                        Amount.ZERO,
                        10L,
                        starter.includedPer(),
                        null,
                        starter.markup(),
                        4_096,
                        100L,
                        200_000L)),
                1);
        stripe.billing.publish(stripe.billing.tenantService, SnapshotTopic.PLANS, "free", 1, free);
        TenantSnapshot some = Snapshots.tenant(Snapshots.newTenant(), null, 1);
        TenantId tenant = stripe.desk.tenant(new TenantSnapshot(
                some.tenantId(),
                some.slug(),
                some.status(),
                "free",
                some.placement(),
                some.region(),
                some.timeZone(),
                some.currency(),
                null,
                some.settings(),
                1,
                some.createdAt()));
        Eventually.passes(
                StripeDesk.WAIT,
                () -> assertThat(stripe.desk.order(tenant, "2026-11").status()).isEqualTo(201));
        String id = stripe.invoice(tenant);
        JsonNode shown = stripe.awaitState(id, "paid");
        assertThat(shown.path("total").asString()).isEqualTo("0.00");
        stripe.assertOnceAndEqual(tenant, id);
    }

    @Test
    void aTenantSeesHowFarItsOwnInvoiceIsAndNothingOfOthers() {
        TenantId acme = stripe.tenant();
        TenantId globex = stripe.tenant();
        String id = stripe.invoice(acme);
        stripe.awaitState(id, "finalised");
        String own = stripe.billing.passport(acme, Scope.BILLING);
        String foreign = stripe.billing.passport(globex, Scope.BILLING);
        JsonNode shown = stripe.billing.get(InvoiceDesk.PATH + "/" + id, own).json();
        assertThat(shown).isEqualTo(stripe.shown(id));
        assertThat(stripe.billing.get(InvoiceDesk.PATH + "/" + id, foreign).status())
                .isEqualTo(404);
        assertThat(stripe.billing
                        .get(InvoiceDesk.PATH, own)
                        .json()
                        .path("invoices")
                        .path(0)
                        .path("state")
                        .asString())
                .isEqualTo("finalised");
        for (String table : List.of("stripe_customer", "stripe_invoice", "stripe_sent")) {
            assertThat(seenBy(acme, table)).as(table).isPositive();
            assertThat(seenBy(globex, table)).as(table).isZero();
        }
        String resume = InvoiceDesk.PATH + "/" + id + "/resume";
        assertThat(stripe.billing.post(resume, "", own).status()).isEqualTo(403);
        Answer refused = stripe.billing.post(resume, "", stripe.billing.operator());
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("detail")).contains("finalised");
    }

    private long seenBy(TenantId tenant, String table) {
        return Objects.requireNonNull(stripe.billing
                .bean(TenantTransaction.class)
                .in(client -> client.sql("SELECT count(*) FROM " + table)
                        .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
                        .one())
                .contextWrite(TenantScope.entering(Billing.context(tenant)))
                .block(StripeDesk.WAIT));
    }
}
