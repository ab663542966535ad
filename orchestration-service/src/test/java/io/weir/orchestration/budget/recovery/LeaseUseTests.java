package io.weir.orchestration.budget.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.Unpriced;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Debit;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaseUseTests {

    private static final TenantId TENANT = new TenantId(UUID.randomUUID());

    private final LeaseUse use = new LeaseUse(Set.of("a", "b"));

    private static Held held(String request, String ceiling, String... leases) {
        List<Debit> debits = List.of(leases).stream()
                .map(lease -> new Debit("budget", Instant.EPOCH, lease))
                .toList();
        return new Held(
                request,
                TENANT,
                "k",
                "m",
                "openai",
                "m",
                Amount.of(ceiling),
                Instant.EPOCH,
                "budget",
                Instant.EPOCH,
                null,
                null,
                null,
                debits);
    }

    private static Settled settled(String request, String cost, Attempt... attempts) {
        return new Settled(
                request,
                TENANT,
                "k",
                "m",
                "openai",
                "m",
                List.of(attempts),
                Amount.of(cost),
                "m",
                Amount.of(cost),
                List.of(),
                Outcome.COMPLETED,
                false,
                true,
                1,
                null,
                "none",
                "explicit",
                1,
                1);
    }

    @Test
    void theFirstSettlementOfTheLastHoldCountsForEachOfItsLeases() {
        use.take(held("1", "0.3", "a", "b"));
        use.take(held("1", "0.5", "a", "b"));
        use.take(held("2", "0.2", "b", "elsewhere"));
        assertThat(use.held("a")).isEqualTo(Amount.of("0.5"));
        assertThat(use.held("b")).isEqualTo(Amount.of("0.7"));
        use.take(settled("1", "0.1"));
        use.take(settled("1", "0.4"));
        use.take(held("1", "0.5", "a", "b"));
        use.take(new Released("2", TENANT, "k", "provider_error"));
        for (String lease : List.of("a", "b")) {
            assertThat(use.held(lease)).isEqualTo(Amount.ZERO);
            assertThat(use.settled(lease)).isEqualTo(Amount.of("0.1"));
        }
    }

    @Test
    void whatHasNoPriceCountsAsAllThatWasHeld() {
        Attempt unpriced = new Attempt(
                1,
                "openai",
                "m",
                null,
                Quantities.NONE,
                null,
                UsageSource.PROVIDER,
                null,
                List.of(),
                Amount.ZERO,
                Outcome.COMPLETED,
                200,
                1,
                null,
                null,
                new Unpriced(Unpriced.Reason.UNKNOWN_METER, Map.of("new_tokens", 5L)),
                null);
        use.take(held("1", "0.3", "a"));
        use.take(settled("1", "0", unpriced));
        assertThat(use.settled("a")).isEqualTo(Amount.of("0.3"));
        assertThat(use.held("a")).isEqualTo(Amount.ZERO);
    }

    @Test
    void aCallCountsAtMostWhatItHeld() {
        use.take(held("1", "0.3", "a"));
        use.take(settled("1", "0.4"));
        assertThat(use.settled("a")).isEqualTo(Amount.of("0.3"));
    }

    /// A process that is recovered with all its leases must not take minutes to be asked about each.
    @Test
    void tenThousandLeasesAreAnsweredAtOnce() {
        Set<String> leases = IntStream.range(0, 10_000).mapToObj(i -> "l" + i).collect(Collectors.toSet());
        LeaseUse many = new LeaseUse(leases);
        leases.forEach(lease -> many.take(held("r" + lease, "0.001", lease)));
        long begin = System.nanoTime();
        assertThat(leases).allSatisfy(lease -> assertThat(many.held(lease)).isEqualTo(Amount.of("0.001")));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }
}
