package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.invoice.InvoiceDesk;
import io.weir.billing.stripe.Wire.Fate;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Wherever the way to Stripe breaks, and whatever Stripe forgets meanwhile: one customer, one invoice, each line once.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StripeCrashIT {

    private static final Fate PASSED = new Fate.Passed();
    private static final String FORGET_KEYS_AT_ONCE = "{\"pruneIdempotencyAfterSeconds\": 0}";

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

    /// The nth write is the last that gets through, and nobody hears of it (or it is the first that does not): the
    /// writes are the customer, the invoice, three lines and the finalisation.
    @ParameterizedTest
    @CsvSource({
        "1, true", "2, true", "3, true", "4, true", "5, true", "6, true",
        "1, false", "2, false", "3, false", "4, false", "5, false", "6, false"
    })
    void anEndAfterAnyStepIsFollowedByTheRestAndNothingTwice(int lastWrite, boolean carriedOut) {
        TenantId tenant = stripe.tenant();
        AtomicBoolean broken = breakAt(lastWrite, carriedOut);
        String id = stripe.invoice(tenant);
        awaitFailure(id);
        assertThat(broken).isTrue();
        stripe.behave(FORGET_KEYS_AT_ONCE);
        stripe.wire.heal();
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
    }

    // The client may repeat a call at once, under its key: Stripe keeps keys for longer than that.
    private void awaitFailure(String invoice) {
        String failed = "SELECT count(*) FROM stripe_invoice WHERE failures > 0 AND invoice_id = '" + invoice + "'";
        Eventually.passes(
                StripeDesk.WAIT, () -> assertThat(stripe.billing.count(failed)).isEqualTo(1));
    }

    @Test
    void aServiceThatDiesInTheMiddleGoesOnAfterItsRestart() {
        TenantId tenant = stripe.tenant();
        AtomicBoolean broken = breakAt(4, true);
        String id = stripe.invoice(tenant);
        awaitFailure(id);
        assertThat(broken).isTrue();
        // As a kill leaves it: the claim is not given back.
        stripe.restart();
        stripe.billing.alter("UPDATE stripe_customer SET claimed_by = gen_random_uuid(),"
                + " claimed_until = now() + interval '2 seconds' WHERE tenant_id = '" + tenant + "'");
        stripe.behave(FORGET_KEYS_AT_ONCE);
        stripe.wire.heal();
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
    }

    /// A worker that was only slow, and finds its tenant taken over, sends nothing more: what it was about to fill is
    /// somebody else's to fill.
    @Test
    void aWorkerThatLostItsClaimStops() {
        TenantId tenant = stripe.tenant();
        AtomicBoolean taken = new AtomicBoolean();
        stripe.wire.decide(call -> {
            if (call.is("POST", "/v1/invoices") && call.body().contains(tenant.toString()) && !taken.getAndSet(true)) {
                stripe.billing.alter("UPDATE stripe_customer SET claimed_by = gen_random_uuid(),"
                        + " claimed_until = now() + interval '1 second' WHERE tenant_id = '" + tenant + "'");
            }
            return PASSED;
        });
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "finalised");
        assertThat(taken).isTrue();
        stripe.assertOnceAndEqual(tenant, id);
    }

    @Test
    void errorsLimitsAndLostAnswersDelayOnly() {
        stripe.behave("{\"errorRate\": 0.3, \"lostAnswerRate\": 0.2, \"pruneIdempotencyAfterSeconds\": 1, \"seed\": 7,"
                + " \"duplicateWebhooks\": true, \"reorderWebhooks\": true}");
        List<TenantId> tenants = new ArrayList<>();
        List<String> invoices = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tenants.add(stripe.tenant());
            invoices.add(stripe.invoice(tenants.get(i)));
        }
        for (int i = 0; i < 5; i++) {
            stripe.awaitState(invoices.get(i), "finalised");
        }
        stripe.behave("{}");
        for (int i = 0; i < 5; i++) {
            stripe.assertOnceAndEqual(tenants.get(i), invoices.get(i));
        }
    }

    /// Stripe keeps a failure of its own under the key, and repeats it for a day.
    @Test
    void aFailureThatStripeKeepsUnderTheKeyIsLeftBehindWithANewKey() {
        TenantId tenant = stripe.tenant();
        AtomicInteger kept = new AtomicInteger();
        String slot = "weir/" + tenant + "/2026-11/v1/line/1";
        stripe.wire.decide(call -> {
            if (!call.key().equals(slot)) {
                return PASSED;
            }
            boolean first = kept.getAndIncrement() == 0;
            return new Fate.Answered(
                    500,
                    "{\"error\":{\"message\":\"kept\",\"type\":\"api_error\"}}",
                    first ? Map.of() : Map.of("idempotent-replayed", "true"));
        });
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
        assertThat(kept).hasValue(2);
        assertThat(stripe.wire.calls()).anyMatch(call -> call.key().equals(slot + "/again/2"));
    }

    @Test
    void aRefusedKeyOfOursDelaysAndParksNothing() {
        TenantId tenant = stripe.tenant();
        AtomicInteger refusals = new AtomicInteger();
        Function<Wire.Call, Fate> unauthorised = call -> {
            refusals.incrementAndGet();
            return new Fate.Answered(
                    401,
                    "{\"error\":{\"message\":\"Invalid API Key provided: sk_test_****\","
                            + "\"type\":\"invalid_request_error\"}}",
                    Map.of());
        };
        stripe.wire.decide(unauthorised);
        String id = stripe.invoice(tenant);
        Eventually.passes(StripeDesk.WAIT, () -> assertThat(refusals).hasValueGreaterThan(2));
        assertThat(stripe.shown(id).path("state").asString()).isEqualTo("rated");
        stripe.wire.heal();
        stripe.awaitState(id, "finalised");
        stripe.assertOnceAndEqual(tenant, id);
    }

    @Test
    void everyKeyNamesItsTenantMonthVersionAndLineAndIsKeptInTheLedger() {
        TenantId tenant = stripe.tenant();
        String id = stripe.invoice(tenant);
        stripe.awaitState(id, "finalised");
        String invoice = "weir/" + tenant + "/2026-11/v1";
        assertThat(stripe.wire.calls().stream()
                        .filter(call -> call.isWrite() && call.key().contains(tenant.toString()))
                        .map(Wire.Call::key))
                .containsExactly(
                        "weir/" + tenant + "/customer/v1",
                        invoice,
                        invoice + "/line/0",
                        invoice + "/line/1",
                        invoice + "/line/2",
                        invoice + "/finalise");
        assertThat(stripe.billing.count("SELECT count(*) FROM stripe_sent WHERE tenant_id = '" + tenant
                        + "' AND stripe_id IS NOT NULL AND idempotency_key = slot"))
                .isEqualTo(6);
        assertThat(stripe.billing
                        .get(InvoiceDesk.PATH + "/" + id, stripe.billing.operator())
                        .status())
                .isEqualTo(200);
    }

    /// From the nth write of those that follow nothing gets through any more.
    private AtomicBoolean breakAt(int lastWrite, boolean carriedOut) {
        AtomicInteger writes = new AtomicInteger();
        AtomicBoolean broken = new AtomicBoolean();
        stripe.wire.decide(call -> {
            if (broken.get()) {
                return new Fate.Lost();
            }
            if (call.isWrite() && writes.incrementAndGet() == lastWrite) {
                broken.set(true);
                return carriedOut ? new Fate.AnswerLost() : new Fate.Lost();
            }
            return PASSED;
        });
        return broken;
    }
}
