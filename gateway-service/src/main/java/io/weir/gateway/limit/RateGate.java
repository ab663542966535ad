package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/// Admits one tenant's requests by its rate. Safe for several threads; the lock is held for some additions.
final class RateGate {

    private final String key;
    private final LimitStore store;
    private final Peers peers;
    private final LimitCounters counters;
    private final LongSupplier micros;
    private final Scheduler workers;
    private final RateLease lease;
    private final Set<MonoSink<Allowance>> waiting = new LinkedHashSet<>();

    /// @param key under which the tenant's permits are shared
    /// @param micros a clock of this process that never goes back
    /// @param workers go on with requests that waited; Redis' own threads do not
    RateGate(
            String key,
            RequestRate rate,
            LimitStore store,
            Peers peers,
            LimitCounters counters,
            LongSupplier micros,
            Scheduler workers) {
        this.key = key;
        this.store = store;
        this.peers = peers;
        this.counters = counters;
        this.micros = micros;
        this.workers = workers;
        this.lease = new RateLease(rate, peers.instances(), micros.getAsLong());
    }

    /// Decides on one request. At once where permits are at hand, else when the shared bucket has answered.
    Mono<Allowance> pass(RequestRate rate) {
        Allowance decided;
        Claim claim = null;
        synchronized (lease) {
            long now = micros.getAsLong();
            lease.follow(rate, peers.instances());
            decided = decided(now);
            if (peers.isReachable() && lease.wantsMore(now)) {
                claim = lease.ask(waiting.size(), now);
            }
        }
        if (claim != null) {
            ask(claim);
        }
        return decided == null ? Mono.create(this::enqueue).publishOn(workers) : Mono.just(decided);
    }

    // Null where the shared bucket must be asked.
    private @Nullable Allowance decided(long now) {
        long outcome = lease.take(now);
        if (outcome == RateLease.ASK && !peers.isReachable()) {
            counters.alone().increment();
            outcome = lease.takeOfShare(now);
        }
        return outcome == RateLease.ASK ? null : allowance(outcome, now);
    }

    private Allowance allowance(long refusedFor, long now) {
        RequestRate rate = lease.rate();
        (refusedFor == RateLease.ADMITTED ? counters.admitted() : counters.refused()).increment();
        long remaining = refusedFor == RateLease.ADMITTED ? lease.remaining(now) : 0;
        long limit = (long) rate.burst();
        return new Allowance(limit, remaining, (long) ((limit - remaining) * rate.intervalMicros()), refusedFor);
    }

    private void enqueue(MonoSink<Allowance> sink) {
        Allowance decided;
        Claim claim = null;
        synchronized (lease) {
            long now = micros.getAsLong();
            decided = decided(now);
            if (decided == null) {
                waiting.add(sink);
                claim = lease.isAsking() ? null : lease.ask(waiting.size(), now);
            }
        }
        if (decided != null) {
            sink.success(decided);
            return;
        }
        // Its permit stays here for the next.
        sink.onDispose(() -> left(sink));
        if (claim != null) {
            ask(claim);
        }
    }

    private void left(MonoSink<Allowance> sink) {
        synchronized (lease) {
            waiting.remove(sink);
        }
    }

    private void ask(Claim claim) {
        store.take(key, claim).subscribe(this::answered, this::failed);
    }

    private void answered(Grant grant) {
        counters.answered().increment();
        List<Decision> decisions = new ArrayList<>();
        Claim further = null;
        synchronized (lease) {
            long now = micros.getAsLong();
            int admitted = lease.answered(grant, waiting.size(), now);
            for (MonoSink<Allowance> sink : List.copyOf(waiting)) {
                Allowance decided = admitted-- > 0 ? allowance(RateLease.ADMITTED, now) : decided(now);
                if (decided == null) {
                    break;
                }
                waiting.remove(sink);
                decisions.add(new Decision(sink, decided));
            }
            if (!waiting.isEmpty()) {
                further = lease.ask(waiting.size(), now);
            }
        }
        decisions.forEach(Decision::tell);
        if (further != null) {
            ask(further);
        }
    }

    private void failed(Throwable failure) {
        counters.failed().increment();
        peers.away(failure);
        List<Decision> decisions = new ArrayList<>();
        synchronized (lease) {
            lease.failed();
            long now = micros.getAsLong();
            for (MonoSink<Allowance> sink : waiting) {
                counters.alone().increment();
                decisions.add(new Decision(sink, allowance(lease.takeOfShare(now), now)));
            }
            waiting.clear();
        }
        decisions.forEach(Decision::tell);
    }

    private record Decision(MonoSink<Allowance> sink, Allowance allowance) {

        void tell() {
            sink.success(allowance);
        }
    }
}
