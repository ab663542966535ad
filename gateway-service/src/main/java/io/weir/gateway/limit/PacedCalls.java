package io.weir.gateway.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// How many calls each tenant, and each key, may send per second.
final class PacedCalls {

    // What is leased is given back long before.
    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final long NEVER_MICROS = 60_000_000;

    private final LimitStore store;
    private final Peers peers;
    private final LimitCounters counters;
    private final LongSupplier micros;
    private final Cache<String, Limited> all =
            Caffeine.newBuilder().expireAfterAccess(UNUSED).build();

    /// @param micros a clock of this process that never goes back
    PacedCalls(LimitStore store, Peers peers, LimitCounters counters, LongSupplier micros) {
        this.store = store;
        this.peers = peers;
        this.counters = counters;
        this.micros = micros;
    }

    private static final class Limited {

        private final PermitGate<RequestRate> gate;
        private volatile Known known;

        Limited(PermitGate<RequestRate> gate, Known known) {
            this.gate = gate;
            this.known = known;
        }
    }

    // The rate as it was last worked out.
    private record Known(BigDecimal perSecond, int burstFactor, RequestRate rate) {

        Known(Ceilings.OfRate ceiling) {
            this(
                    ceiling.perSecond(),
                    ceiling.burstFactor(),
                    RequestRate.of(ceiling.perSecond(), ceiling.burstFactor()));
        }

        boolean isOf(Ceilings.OfRate ceiling) {
            return burstFactor == ceiling.burstFactor() && perSecond.compareTo(ceiling.perSecond()) == 0;
        }
    }

    /// Completes when the call is within the limit, else fails with a 429 problem. The call knows where it stands.
    Mono<Void> demand(Call call, Ceilings.OfRate ceiling) {
        return Mono.defer(() -> pass(ceiling).flatMap(allowance -> decide(call, ceiling, allowance)));
    }

    /// Decides on one call.
    Mono<Allowance> pass(Ceilings.OfRate ceiling) {
        Limited limited = limited(ceiling);
        RequestRate rate = limited.known.rate();
        return rate.isClosed() ? Mono.just(new Allowance(0, 0, NEVER_MICROS, NEVER_MICROS)) : limited.gate.pass(rate);
    }

    /// Gives back what is not needed here. To be called every second.
    void giveBack() {
        all.asMap().values().forEach(limited -> limited.gate.giveBack());
    }

    private Limited limited(Ceilings.OfRate ceiling) {
        Limited found = all.getIfPresent(ceiling.key());
        if (found == null) {
            found = all.get(ceiling.key(), key -> started(key, new Known(ceiling)));
        }
        if (!found.known.isOf(ceiling)) {
            found.known = new Known(ceiling);
        }
        return found;
    }

    private Limited started(String key, Known known) {
        RateLease lease = new RateLease(known.rate(), peers.instances(), micros.getAsLong());
        return new Limited(new PermitGate<>(key, lease, store, peers, counters, micros, Schedulers.parallel()), known);
    }

    private static Mono<Void> decide(Call call, Ceilings.OfRate ceiling, Allowance allowance) {
        Standing.note(call, allowance, ceiling.source() + ".requestsPerSecond");
        return allowance.retryMicros() == 0 ? Mono.empty() : Mono.error(refusal(ceiling, allowance));
    }

    private static PlatformException refusal(Ceilings.OfRate ceiling, Allowance allowance) {
        String stated = ceiling.perSecond().stripTrailingZeros().toPlainString();
        String who = switch (ceiling.source()) {
            case Ceilings.KEY -> "This API key";
            case Ceilings.PLAN -> "A tenant of this plan";
            default -> "The tenant";
        };
        String remedy = switch (ceiling.source()) {
            case Ceilings.KEY -> "The limit is the key's setting limits.requestsPerSecond.";
            case Ceilings.PLAN ->
                "The limit is the plan's; the setting limits.requestsPerSecond stands in its place, which an"
                        + " administrator can set.";
            default -> "The limit is the setting limits.requestsPerSecond, which an administrator can raise.";
        };
        return new PlatformException(
                ProblemType.RATE_LIMIT_EXCEEDED,
                who + " may send " + stated + " requests per second, and sent more. Try again in "
                        + Math.ceilDiv(allowance.retryMicros(), 1_000)
                        + " ms, or send requests more evenly. " + remedy);
    }
}
