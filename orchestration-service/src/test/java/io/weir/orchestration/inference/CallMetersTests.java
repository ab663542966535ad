package io.weir.orchestration.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.tenancy.TenantId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallMetersTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CallMeters meters = new CallMeters(registry);

    @Test
    void whatThePlatformAddsIsWhatItsAttemptsDidNotTake() {
        meters.settled(
                "growth",
                settled(250, 90L, attempt("openai", "gpt", "0.002", 120), attempt("groq", "llama", "0.001", 90)));
        assertThat(registry.get("weir.calls.added")
                        .tag("plan", "growth")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(40);
        assertThat(registry.get("weir.calls.first.token")
                        .tag("plan", "growth")
                        .timer()
                        .count())
                .isOne();
    }

    @Test
    void moneyIsCountedInMillionthsByProvider() {
        meters.settled(
                "growth",
                settled(10, null, attempt("openai", "gpt", "0.002", 5), attempt("groq", "llama", "0.001", 5)));
        assertThat(registry.get("weir.calls.cost")
                        .tag("provider", "openai")
                        .counter()
                        .count())
                .isEqualTo(2_000);
        assertThat(registry.get("weir.calls.cost")
                        .tag("provider", "groq")
                        .counter()
                        .count())
                .isEqualTo(1_000);
        assertThat(registry.get("weir.calls.savings").counter().count()).isEqualTo(7_000);
    }

    @Test
    void aCallThatAnotherModelServedIsAFallback() {
        meters.settled("free", settled(10, null, attempt("groq", "llama", "0", 5)));
        assertThat(registry.get("weir.calls.fallbacks").counter().count()).isZero();
        meters.settled("free", settled(10, null, attempt("openai", "gpt", "0", 5), attempt("groq", "llama", "0", 5)));
        assertThat(registry.get("weir.calls.fallbacks").counter().count()).isOne();
    }

    @Test
    void outcomesCountByPlanAndPlansAreFew() {
        for (int n = 0; n < 50; n++) {
            meters.settled("plan-" + n, settled(10, null, attempt("groq", "llama", "0", 5)));
        }
        assertThat(registry.find("weir.calls.settled")
                        .tag("outcome", "completed")
                        .counters())
                .hasSize(CallMeters.MOST_PLANS + 1);
        assertThat(registry.get("weir.calls.settled")
                        .tags("plan", CallMeters.OTHER, "outcome", "completed")
                        .counter()
                        .count())
                .isEqualTo(50 - CallMeters.MOST_PLANS);
    }

    private static Attempt attempt(String provider, String model, String cost, long millis) {
        return new Attempt(
                1,
                provider,
                model,
                null,
                new Quantities(Map.of()),
                null,
                UsageSource.PROVIDER,
                "book",
                List.of(),
                Amount.of(cost),
                Outcome.COMPLETED,
                200,
                millis);
    }

    private static Settled settled(long millis, @Nullable Long first, Attempt... attempts) {
        Amount cost = List.of(attempts).stream().map(Attempt::cost).reduce(Amount.ZERO, Amount::plus);
        return new Settled(
                "r",
                new TenantId(UUID.randomUUID()),
                "key",
                "auto",
                "groq",
                "llama",
                List.of(attempts),
                cost,
                "gpt",
                Amount.of("0.01"),
                List.of(),
                Outcome.COMPLETED,
                first != null,
                true,
                millis,
                first,
                "none",
                "auto",
                1,
                1);
    }
}
