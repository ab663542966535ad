package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.OpenHolds.Effect;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OpenHoldsTests {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));
    private static final TenantId OTHER = new TenantId(new UUID(1, 2));

    private final OpenHolds holds = new OpenHolds();
    private long offset = 100;
    private long sequence;

    private Effect apply(String producer, long number, UsageEvent event) {
        TenantId tenant = ((UsageEvent.OfRequest) event).tenantId();
        UsageRecord usage = new UsageRecord("id", "orchestration", NOW, tenant, producer, 1, number, event);
        return holds.apply(offset++, usage, NOW);
    }

    private Effect apply(UsageEvent event) {
        return apply("a", sequence++, event);
    }

    private static Held held(TenantId tenant, String request, long expiresIn) {
        return new Held(
                request, tenant, "k", "m", "openai", "m", Amount.of("0.1"), NOW.plusSeconds(expiresIn), null, null);
    }

    private static Settled settled(String request, Outcome outcome) {
        return new Settled(
                request,
                TENANT,
                "k",
                "m",
                "openai",
                "m",
                List.of(),
                Amount.of("0.05"),
                "m",
                Amount.of("0.05"),
                List.of(),
                outcome,
                false,
                true,
                1,
                null,
                "none",
                "explicit",
                0,
                0);
    }

    @Test
    void aHoldIsOpenUntilItIsResolved() {
        assertThat(apply(held(TENANT, "r", 10))).isEqualTo(Effect.OPENED);
        assertThat(apply(held(OTHER, "r", 10))).as("another tenant's").isEqualTo(Effect.OPENED);
        assertThat(holds.earliestOffset()).hasValue(100);
        assertThat(apply(settled("r", Outcome.COMPLETED))).isEqualTo(Effect.RESOLVED);
        assertThat(holds.count()).isOne();
        assertThat(holds.earliestOffset()).hasValue(101);
        assertThat(apply(new Released("r", OTHER, "k", "test"))).isEqualTo(Effect.RESOLVED);
        assertThat(holds.earliestOffset()).isEmpty();
    }

    @Test
    void aRenewalMovesTheExpiryAndKeepsThePlace() {
        apply(held(TENANT, "r", 10));
        assertThat(holds.expired(NOW.plusSeconds(10))).hasSize(1);
        Held renewed = held(TENANT, "r", 10).renewed(NOW.plusSeconds(20), Amount.of("0.01"));
        assertThat(apply(renewed)).isEqualTo(Effect.RENEWED);
        assertThat(holds.expired(NOW.plusSeconds(19))).isEmpty();
        assertThat(holds.expired(NOW.plusSeconds(20)))
                .singleElement()
                .satisfies(open -> assertThat(open.held().measured()).isEqualTo(Amount.of("0.01")));
        assertThat(holds.earliestOffset()).hasValue(100);
    }

    @Test
    void ofTwoRecoveriesTheFirstCountsAndTheCallsOwnSettlementIsADuplicateToo() {
        apply(held(TENANT, "r", 10));
        assertThat(apply("b", 0, settled("r", Outcome.RECOVERED))).isEqualTo(Effect.RESOLVED);
        assertThat(apply("c", 0, settled("r", Outcome.RECOVERED))).isEqualTo(Effect.DUPLICATE);
        assertThat(apply(held(TENANT, "r", 10).renewed(NOW.plusSeconds(30), null)))
                .isEqualTo(Effect.NONE);
        assertThat(apply(settled("r", Outcome.COMPLETED))).isEqualTo(Effect.DUPLICATE);
        assertThat(holds.count()).isZero();
    }

    @Test
    void aRecoveryThatLostAgainstTheCallsOwnSettlementChangesNothing() {
        apply(held(TENANT, "r", 10));
        assertThat(apply(settled("r", Outcome.COMPLETED))).isEqualTo(Effect.RESOLVED);
        apply("b", 0, settled("r", Outcome.RECOVERED));
        assertThat(holds.count()).isZero();
    }

    @Test
    void whatIsSentAgainAfterACrashOpensNothing() {
        Held held = held(TENANT, "r", 10);
        apply("a", 0, held);
        apply("a", 1, settled("r", Outcome.COMPLETED));
        assertThat(apply("a", 0, held)).isEqualTo(Effect.NONE);
        assertThat(holds.count()).isZero();
    }
}
