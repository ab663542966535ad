package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// How many calls of each tenant run at the same time.
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

    /// Serves while a slot is held for it; fails with a 429 problem where the tenant has none left.
    Mono<Void> within(Call call, TenantSnapshot tenant, int limit, Mono<Void> served) {
        return Mono.defer(() -> {
            Slot slot = new Slot();
            return entered(slot, tenant.tenantId().toString(), limit)
                    .flatMap(free -> free ? served : Mono.error(refusal(call, limit)))
                    .doFinally(signal -> slot.release());
        });
    }

    /// Tells the other instances how many slots are still needed here, and forgets tenants without calls.
    void renew() {
        gates.forEach((id, gate) -> {
            if (!gate.renewed()) {
                gates.remove(id, gate);
            }
        });
    }

    /// How many tenants have calls here.
    int size() {
        return gates.size();
    }

    private Mono<Boolean> entered(Slot slot, String tenant, int limit) {
        Mono<Boolean> entered = null;
        while (entered == null) {
            entered = gates.computeIfAbsent(tenant, this::gate).enter(slot, limit);
        }
        return entered;
    }

    private SlotGate gate(String tenant) {
        return new SlotGate("{" + tenant + "}:running", store, peers, counters, micros, Schedulers.parallel());
    }

    private PlatformException refusal(Call call, int limit) {
        call.limitedTo(new Allowance(limit, 0, TRY_AGAIN_MICROS, TRY_AGAIN_MICROS));
        return new PlatformException(
                ProblemType.RATE_LIMIT_EXCEEDED,
                "The tenant may have " + limit + " calls running at the same time, streams included, and they are in"
                        + " use. Try again when one has ended, or send fewer at once. The limit is the setting"
                        + " limits.maxConcurrency, which an administrator can raise.");
    }
}
