package io.weir.billing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubscriptionIT {

    private static final String PLANS = "/api/billing/plans";
    private static final String SUBSCRIPTION = "/api/billing/subscription";
    private static final String OLD = "2026-01-01T00:00:00Z";
    private Billing billing;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        billing = Billing.start(directory);
        plan("basic", OLD, "30");
        plan("better", OLD, "300");
    }

    @AfterAll
    void stop() {
        billing.close();
    }

    private Answer plan(String code, String from, String fee) {
        return billing.post(PLANS, terms(code, from, fee), billing.operator());
    }

    private static String terms(String code, String from, String fee) {
        return "{\"plan\": \"" + code + "\", \"effectiveFrom\": \"" + from + "\", \"fee\": \"" + fee
                + "\", \"charges\": [{\"metric\": \"calls\", \"model\": \"per_unit\", \"unitPrice\": \"0.01\","
                + " \"freeUnits\": \"100\"}]}";
    }

    private String admin(TenantId tenant) {
        return billing.passport(tenant, Scope.TENANT_ADMIN, Scope.BILLING);
    }

    private Answer change(TenantId tenant, String change) {
        return billing.post(SUBSCRIPTION + "/changes?tenantId=" + tenant, change, billing.operator());
    }

    private TenantId subscribed(String plan) {
        TenantId tenant = Snapshots.newTenant();
        Answer started =
                change(tenant, "{\"kind\": \"start\", \"plan\": \"" + plan + "\", \"timeZone\": \"Asia/Kolkata\"}");
        assertThat(started.status()).as(started.toString()).isEqualTo(201);
        return tenant;
    }

    @Test
    void aTenantMovesBetweenPlansAndSeesBeforeWhatItComesTo() {
        TenantId tenant = subscribed("basic");
        String own = admin(tenant);
        String upgrade = "{\"kind\": \"switch\", \"plan\": \"better\"}";
        Answer preview = billing.post(SUBSCRIPTION + "/preview", upgrade, own);
        assertThat(preview.status()).as(preview.toString()).isEqualTo(200);
        assertThat(preview.json().at("/before/total").asString()).isEqualTo("30.00");
        assertThat(preview.json().at("/after/total").asString()).isEqualTo("300.00");
        assertThat(preview.json().path("difference").asString()).isEqualTo("270.00");
        assertThat(billing.get(SUBSCRIPTION, own).json().path("changes").size()).isEqualTo(1);

        assertThat(billing.post(SUBSCRIPTION + "/changes", upgrade, own).status())
                .isEqualTo(201);
        Answer shown = billing.get(SUBSCRIPTION, own);
        assertThat(shown.json().path("changes").size()).isEqualTo(2);
        assertThat(shown.json().path("timeZone").asString()).isEqualTo("Asia/Kolkata");
        Answer left = billing.post(SUBSCRIPTION + "/changes", "{\"kind\": \"cancel\"}", own);
        assertThat(left.json().path("ends").asString()).isNotEmpty();
        assertThat(billing.post(SUBSCRIPTION + "/changes", upgrade, own).status())
                .isEqualTo(400);
    }

    @Test
    void ofTwoDecisionsAtOnceOneWins() throws Exception {
        TenantId tenant = subscribed("basic");
        List<Callable<Answer>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            calls.add(() -> change(tenant, "{\"kind\": \"switch\", \"plan\": \"better\"}"));
        }
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(calls.size())) {
            for (Future<Answer> answer : callers.invokeAll(calls)) {
                statuses.add(answer.get().status());
            }
        }
        assertThat(statuses).containsOnly(201, 409).contains(201);
        long made = statuses.stream().filter(status -> status == 201).count();
        assertThat(billing.get(SUBSCRIPTION, admin(tenant))
                        .json()
                        .path("changes")
                        .size())
                .isEqualTo((int) made + 1);
    }

    @Test
    void versionsNeitherOverlapNorBeginInThePast() {
        String soon = Instant.now().plus(40, ChronoUnit.DAYS).toString();
        Answer second = plan("better", soon, "350");
        assertThat(second.status()).as(second.toString()).isEqualTo(201);
        assertThat(second.json().path("version").asInt()).isEqualTo(2);
        assertThat(plan("better", soon, "360").text("param")).isEqualTo("effectiveFrom");
        assertThat(plan("better", OLD, "360").text("param")).isEqualTo("effectiveFrom");
        assertThat(billing.get(PLANS, admin(Snapshots.newTenant()))
                        .json()
                        .path("plans")
                        .size())
                .isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fee | {'plan': 'x', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': '-1'}",
                "fee | {'plan': 'x', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': 1}",
                "plan | {'plan': 'X!', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': '1'}",
                "currency | {'plan': 'x', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': '1', 'currency': 'XAU'}",
                "effectiveFrom | {'plan': 'x', 'effectiveFrom': 'soon', 'fee': '1'}",
                "colour | {'plan': 'x', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': '1', 'colour': 'red'}",
                "charges[0].metric | {'plan': 'x', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': '1', 'charges': [{'metric': 'smiles'}]}",
                "charges[0].tiers[0].upTo | {'plan': 'x', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': '1', 'charges': [{'metric': 'calls', 'model': 'graduated', 'tiers': [{'upTo': '5', 'unitPrice': '1'}]}]}",
                "phases[0].periods | {'plan': 'x', 'effectiveFrom': '2027-01-01T00:00:00Z', 'fee': '1', 'phases': [{'periods': '0', 'feeFactor': '1'}]}",
                "body | []"
            })
    void aPlanThatMakesNoSenseIsRefusedByField(String field, String body) {
        Answer refused = billing.post(PLANS, body.replace('\'', '"'), billing.operator());
        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.text("param")).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind | {'kind': 'pause'}",
                "kind | {}",
                "kind | {'kind': 'start', 'plan': 'basic'}",
                "plan | {'kind': 'switch', 'plan': 'none'}",
                "plan | {'kind': 'switch'}",
                "fee | {'kind': 'override', 'fee': '-3'}",
                "quantity | {'kind': 'extra', 'quantity': '1.5', 'addOn': {'code': 'a', 'fee': '1'}}",
                "addOn | {'kind': 'extra', 'quantity': '1'}",
                "addOn.fee | {'kind': 'extra', 'quantity': '1', 'addOn': {'code': 'a', 'fee': '-1'}}",
                "atPeriodEnd | {'kind': 'cancel', 'atPeriodEnd': 'later'}"
            })
    void aChangeThatMakesNoSenseIsRefusedByField(String field, String body) {
        TenantId tenant = subscribed("basic");
        Answer refused = change(tenant, body.replace('\'', '"'));
        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.text("param")).isEqualTo(field);
        assertThat(billing.get(SUBSCRIPTION, admin(tenant))
                        .json()
                        .path("changes")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void nobodyReachesIntoAnothersSubscription() {
        TenantId tenant = subscribed("basic");
        String stranger = admin(Snapshots.newTenant());
        assertThat(billing.get(SUBSCRIPTION + "?tenantId=" + tenant, stranger).status())
                .isEqualTo(403);
        assertThat(billing.get(SUBSCRIPTION, stranger).status()).isEqualTo(404);
        for (String path : List.of("/changes", "/preview")) {
            assertThat(billing.post(SUBSCRIPTION + path + "?tenantId=" + tenant, "{\"kind\": \"cancel\"}", stranger)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(billing.post(SUBSCRIPTION + "/changes", "{\"kind\": \"override\", \"fee\": \"0\"}", admin(tenant))
                        .status())
                .isEqualTo(403);
        assertThat(billing.post(PLANS, terms("own", OLD, "0"), admin(tenant)).status())
                .isEqualTo(403);
        assertThat(billing.get(SUBSCRIPTION + "?tenantId=x", admin(tenant)).text("param"))
                .isEqualTo("tenantId");
    }
}
