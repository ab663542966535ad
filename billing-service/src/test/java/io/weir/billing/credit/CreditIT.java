package io.weir.billing.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.nio.file.Path;
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
class CreditIT {

    private static final String CREDITS = "/api/billing/credits";
    private static final String COUPONS = "/api/billing/coupons";
    private Billing billing;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        billing = Billing.start(directory);
    }

    @AfterAll
    void stop() {
        billing.close();
    }

    private String admin(TenantId tenant) {
        return billing.passport(tenant, Scope.TENANT_ADMIN, Scope.BILLING);
    }

    private Answer redeem(TenantId tenant, String code) {
        return billing.post(COUPONS + "/" + code + "/redemptions", "", admin(tenant));
    }

    private void coupon(String code, int most) {
        assertThat(billing.post(
                                COUPONS,
                                "{\"code\": \"" + code + "\", \"amount\": \"25.00\", \"maxRedemptions\": \"" + most
                                        + "\"}",
                                billing.operator())
                        .status())
                .isEqualTo(201);
    }

    private void grant(TenantId tenant, String amount, String more) {
        assertThat(billing.post(
                                CREDITS,
                                "{\"tenantId\": \"" + tenant + "\", \"amount\": \"" + amount + "\", \"reason\": \"SLA\""
                                        + more + "}",
                                billing.operator())
                        .status())
                .isEqualTo(201);
    }

    private Answer draw(TenantId tenant, String amount, String reference) {
        return billing.post(
                CREDITS + "/draws",
                "{\"tenantId\": \"" + tenant + "\", \"amount\": \"" + amount + "\", \"reference\": \"" + reference
                        + "\"}",
                billing.operator());
    }

    private String balance(TenantId tenant) {
        return billing.get(CREDITS, admin(tenant))
                .json()
                .path("balances")
                .path("USD")
                .asString("none");
    }

    private static List<Integer> atOnce(List<Callable<Answer>> calls) throws Exception {
        try (ExecutorService callers = Executors.newFixedThreadPool(calls.size())) {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Answer> answer : callers.invokeAll(calls)) {
                statuses.add(answer.get().status());
            }
            return statuses;
        }
    }

    /// Of four at once for a coupon that may be redeemed once, one gets it and three are told why not.
    @Test
    void aCouponLimitedToOneIsRedeemedOnceHoweverManyTryAtOnce() throws Exception {
        for (int round = 0; round < 5; round++) {
            String code = "ONCE-" + round;
            coupon(code, 1);
            List<TenantId> tenants =
                    List.of(Snapshots.newTenant(), Snapshots.newTenant(), Snapshots.newTenant(), Snapshots.newTenant());
            List<Callable<Answer>> calls = new ArrayList<>();
            tenants.forEach(tenant -> calls.add(() -> redeem(tenant, code)));
            assertThat(atOnce(calls)).containsExactlyInAnyOrder(201, 409, 409, 409);
            assertThat(tenants.stream().map(this::balance)).containsExactlyInAnyOrder("25.00", "none", "none", "none");
        }
    }

    @Test
    void aTenantRedeemsACouponOnceHoweverOftenItTriesAtOnce() throws Exception {
        coupon("WELCOME", 100);
        TenantId tenant = Snapshots.newTenant();
        List<Callable<Answer>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(() -> redeem(tenant, "WELCOME"));
        }
        assertThat(atOnce(calls)).containsExactlyInAnyOrder(201, 409, 409, 409);
        assertThat(balance(tenant)).isEqualTo("25.00");
        // What was refused did not use the coupon up.
        assertThat(billing.count("SELECT redeemed FROM coupon WHERE code = 'WELCOME'"))
                .isEqualTo(1);
        assertThat(redeem(tenant, "UNKNOWN").status()).isEqualTo(404);
        assertThat(redeem(tenant, "A%00B").status()).isEqualTo(404);
        assertThat(billing.post(
                                COUPONS,
                                "{\"code\": \"WELCOME\", \"amount\": \"1\", \"maxRedemptions\": \"1\"}",
                                billing.operator())
                        .status())
                .isEqualTo(409);
    }

    /// Ten draws of 30.00 at once from 100.00: a hundred is drawn in all, and the ledger says the same.
    @Test
    void drawsAtOnceNeverTakeMoreThanThereIs() throws Exception {
        TenantId tenant = Snapshots.newTenant();
        grant(tenant, "60.00", ", \"priority\": \"1\"");
        grant(tenant, "40.00", ", \"expiresAt\": \"2099-01-01T00:00:00Z\"");
        List<Callable<Answer>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String reference = "invoice-" + i;
            calls.add(() -> draw(tenant, "30.00", reference));
        }
        assertThat(atOnce(calls)).containsOnly(200);
        assertThat(balance(tenant)).isEqualTo("0.00");
        String of = " FROM credit_transfer WHERE tenant_id = '" + tenant + "' AND ";
        assertThat(billing.count("SELECT sum(amount)" + of + "to_account = 'used'"))
                .isEqualTo(10_000);
        assertThat(billing.count("SELECT sum(amount)" + of + "to_account = 'balance'"))
                .isEqualTo(10_000);
    }

    @Test
    void aDrawThatIsRepeatedTakesNothingMore() throws Exception {
        TenantId tenant = Snapshots.newTenant();
        grant(tenant, "50.00", "");
        List<Callable<Answer>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(() -> draw(tenant, "20.00", "same"));
        }
        assertThat(atOnce(calls)).containsOnly(200);
        assertThat(draw(tenant, "20.00", "same").text("drawn")).isEqualTo("20.00");
        assertThat(balance(tenant)).isEqualTo("30.00");
        assertThat(draw(tenant, "21.00", "same").status()).isEqualTo(409);
    }

    @Test
    void aTenantSeesItsOwnCreditOnly() {
        TenantId tenant = Snapshots.newTenant();
        grant(tenant, "5.00", "");
        TenantId other = Snapshots.newTenant();
        assertThat(billing.get(CREDITS, admin(other)).json().path("grants")).isEmpty();
        assertThat(billing.get(CREDITS + "?tenantId=" + tenant, admin(other)).status())
                .isEqualTo(403);
        assertThat(billing.get(CREDITS + "?tenantId=" + tenant, billing.operator())
                        .json()
                        .path("grants"))
                .hasSize(1);
        assertThat(billing.get(CREDITS + "?tenantId=x", billing.operator()).status())
                .isEqualTo(400);
        assertThat(billing.post(CREDITS, "{}", admin(tenant)).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        coupons | code | {"code": "no", "amount": "1", "maxRedemptions": "1"}
        coupons | amount | {"code": "FINE", "amount": "0", "maxRedemptions": "1"}
        coupons | amount | {"code": "FINE", "amount": "1.001", "maxRedemptions": "1"}
        coupons | amount | {"code": "FINE", "amount": "1.5", "currency": "JPY", "maxRedemptions": "1"}
        coupons | currency | {"code": "FINE", "amount": "1", "currency": "XAU", "maxRedemptions": "1"}
        coupons | maxRedemptions | {"code": "FINE", "amount": "1", "maxRedemptions": "1.5"}
        coupons | redeemableUntil | {"code": "FINE", "amount": "1", "maxRedemptions": "1", "redeemableUntil": "2001-01-01T00:00:00Z"}
        coupons | cod | {"cod": "FINE"}
        coupons | body | []
        credits | tenantId | {"tenantId": "me", "amount": "1", "reason": "x"}
        credits | reason | {"tenantId": "00000000-0000-4000-8000-000000000001", "amount": "1", "reason": " "}
        credits | priority | {"tenantId": "00000000-0000-4000-8000-000000000001", "amount": "1", "reason": "x", "priority": "-1"}
        credits/draws | reference | {"tenantId": "00000000-0000-4000-8000-000000000001", "amount": "1"}
        """)
    void whatMakesNoSenseIsRefusedWithItsField(String path, String field, String body) {
        Answer refused = billing.post("/api/billing/" + path, body, billing.operator());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("param")).isEqualTo(field);
    }
}
