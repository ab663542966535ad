package io.weir.analytics;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/// Calls of every kind, from a seed: several models, keys and outcomes, fallbacks, and names that are hard to quote.
final class UsageMix {

    static final List<String> PROVIDERS = List.of("openai", "anthropic", "gemini");
    static final List<String> MODELS = List.of(
            "gpt-4o-mini", "claude'; DROP TABLE usage_requests; --", "gemini \"2\" \\ {tenant:UUID}", "o\u00e9'\"`");
    static final List<String> KEYS = List.of("key-1", "key-2", "key-3", "key-4", "key-5");
    static final List<String> TEAMS = List.of("search", "o'brien", "\\ \"x\"");
    private static final List<Outcome> OUTCOMES =
            List.of(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.CANCELLED, Outcome.FAILED, Outcome.CUT_OFF);

    private final Random random;
    private final TenantId tenant;

    UsageMix(long seed, TenantId tenant) {
        this.random = new Random(seed);
        this.tenant = tenant;
    }

    List<UsageRecord> calls(int count, Instant from, long spanMillis) {
        List<UsageRecord> calls = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            calls.add(call(from.plusMillis((long) (random.nextDouble() * spanMillis))));
        }
        return calls;
    }

    private UsageRecord call(Instant time) {
        List<Attempt> attempts = new ArrayList<>();
        int tries = 1 + random.nextInt(3);
        for (int n = 1; n <= tries; n++) {
            attempts.add(attempt(n));
        }
        Attempt served = attempts.getLast();
        Amount cost = attempts.stream().map(Attempt::cost).reduce(Amount.ZERO, Amount::plus);
        Amount saved = amount();
        String id = UUID.randomUUID().toString();
        Settled settled = new Settled(
                id,
                tenant,
                one(KEYS),
                "auto",
                served.provider(),
                served.model(),
                attempts,
                cost,
                "gpt-4o",
                cost.plus(saved),
                List.of(new SavingsLine("routing", saved)),
                one(OUTCOMES),
                false,
                true,
                random.nextInt(5_000),
                null,
                "none",
                tries > 1 ? "fallback" : "cheapest",
                300,
                600,
                random.nextInt(4) == 0 ? null : Map.of("team", one(TEAMS)));
        return new UsageRecord(
                UUID.randomUUID().toString(), "orchestration", time, tenant, "producer-1", 1, 0, settled);
    }

    private Attempt attempt(int n) {
        Map<Meter, Long> used = Map.of(
                Meter.TEXT_IN, (long) random.nextInt(1_000),
                Meter.TEXT_IN_CACHED, (long) random.nextInt(1_000),
                Meter.TEXT_OUT, (long) random.nextInt(500));
        return new Attempt(
                n,
                one(PROVIDERS),
                one(MODELS),
                null,
                new Quantities(used),
                null,
                UsageSource.PROVIDER,
                "book-1",
                List.of(),
                amount(),
                Outcome.COMPLETED,
                200,
                12);
    }

    private Amount amount() {
        return Amount.of("0." + "%012d".formatted(random.nextLong(1_000_000_000L)));
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
