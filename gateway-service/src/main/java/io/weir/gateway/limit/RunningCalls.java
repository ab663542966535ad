package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// How many calls of each tenant, and of each key, run at the same time.
final class RunningCalls {

    // Nobody knows when one of them ends.
    private static final long TRY_AGAIN_MICROS = 1_000_000;

    private final LimitStore store;
    private final Peers peers;
    private final LimitCounters counters;
    private final LongSupplier micros;
    private final Map<String, SlotGate> gates = new ConcurrentHashMap<>();

    /// @param micros a clock of this process that never goes back
    RunningCalls(LimitStore store, Peers peers, LimitCounters counters, LongSupplier micros) {
        this.store = store;
        this.peers = peers;
        this.counters = counters;
        this.micros = micros;
    }

    /// Serves while a slot is held for it; fails with a 429 problem where there is none left.
    Mono<Void> within(Call call, Ceilings.OfRunning limit, Mono<Void> served) {
        return Mono.defer(() -> {
            Slot slot = new Slot();
            return entered(slot, limit)
                    .flatMap(free -> free ? served : Mono.error(refusal(call, limit)))
                    .doFinally(signal -> slot.release());
        });
    }

    /// Tells the other instances how many slots are still needed here, and forgets who has no calls.
    void renew() {
        gates.forEach((id, gate) -> {
            if (!gate.renewed()) {
                gates.remove(id, gate);
            }
        });
    }

    /// How many limits have calls here.
    int size() {
        return gates.size();
    }

    private Mono<Boolean> entered(Slot slot, Ceilings.OfRunning limit) {
        Mono<Boolean> entered = null;
        while (entered == null) {
            entered = gates.computeIfAbsent(limit.key(), this::gate).enter(slot, limit.calls());
        }
        return entered;
    }

    private SlotGate gate(String key) {
        return new SlotGate(key, store, peers, counters, micros, Schedulers.parallel());
    }

    private static PlatformException refusal(Call call, Ceilings.OfRunning limit) {
        Standing.note(
                call,
                new Allowance(limit.calls(), 0, TRY_AGAIN_MICROS, TRY_AGAIN_MICROS),
                limit.source() + ".maxConcurrency");
        String who = switch (limit.source()) {
            case Ceilings.KEY -> "This API key";
            case Ceilings.PLAN -> "A tenant of this plan";
            default -> "The tenant";
        };
        return new PlatformException(
                ProblemType.RATE_LIMIT_EXCEEDED,
                who + " may have " + limit.calls()
                        + " calls running at the same time, streams included, and they are in"
                        + " use. Try again when one has ended, or send fewer at once. The limit is "
                        + (limit.source().equals(Ceilings.KEY) ? "the key's setting" : "the setting")
                        + " limits.maxConcurrency, which an administrator can raise.");
    }
}
