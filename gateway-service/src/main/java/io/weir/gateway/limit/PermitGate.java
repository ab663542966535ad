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

/// Admits one tenant's requests by one limit. Safe for several threads; the lock is held for some additions.
///
/// @param <T> what the limit is
final class PermitGate<T> {

    private final String key;
    private final LimitStore store;
    private final Peers peers;
    private final LimitCounters counters;
    private final LongSupplier micros;
    private final Scheduler workers;
    private final PermitLease<T> lease;
    private final Set<MonoSink<Allowance>> waiting = new LinkedHashSet<>();

    /// @param key under which the tenant's permits are shared
    /// @param micros the clock of the lease
    /// @param workers go on with requests that waited; Redis' own threads do not
    PermitGate(
            String key,
            PermitLease<T> lease,
            LimitStore store,
            Peers peers,
            LimitCounters counters,
            LongSupplier micros,
            Scheduler workers) {
        this.key = key;
        this.lease = lease;
        this.store = store;
        this.peers = peers;
        this.counters = counters;
        this.micros = micros;
        this.workers = workers;
    }

    /// Decides on one request. At once where permits are at hand, else when the shared bucket has answered.
    Mono<Allowance> pass(T terms) {
        Allowance decided;
        Question question = null;
        synchronized (lease) {
            long now = micros.getAsLong();
            lease.follow(terms, peers.instances(), now);
            decided = decided(now);
            if (peers.isReachable() && lease.wantsMore(now)) {
                question = lease.ask(waiting.size(), now);
            }
        }
        if (question != null) {
            ask(question);
        }
        return decided == null ? Mono.create(this::enqueue).publishOn(workers) : Mono.just(decided);
    }

    // Null where the shared bucket must be asked.
    private @Nullable Allowance decided(long now) {
        long outcome = lease.take(now);
        if (outcome == PermitLease.ASK && !peers.isReachable()) {
            counters.alone().increment();
            outcome = lease.takeOfShare(now);
        }
        return outcome == PermitLease.ASK ? null : allowance(outcome, now);
    }

    private Allowance allowance(long refusedFor, long now) {
        (refusedFor == PermitLease.ADMITTED ? counters.admitted() : counters.refused()).increment();
        return lease.allowance(refusedFor, now);
    }

    private void enqueue(MonoSink<Allowance> sink) {
        Allowance decided;
        Question question = null;
        synchronized (lease) {
            long now = micros.getAsLong();
            decided = decided(now);
            if (decided == null) {
                waiting.add(sink);
                question = lease.isAsking() ? null : lease.ask(waiting.size(), now);
            }
        }
        if (decided != null) {
            sink.success(decided);
            return;
        }
        // Its permit stays here for the next.
        sink.onDispose(() -> left(sink));
        if (question != null) {
            ask(question);
        }
    }

    /// Takes back the permit of a request that came to nothing through no fault of its sender.
    void putBack() {
        synchronized (lease) {
            lease.putBack(micros.getAsLong());
        }
    }

    /// Gives back what nobody used lately. To be called every second.
    void giveBack() {
        Question question = null;
        synchronized (lease) {
            if (peers.isReachable()) {
                question = lease.giveBack(micros.getAsLong());
            }
        }
        if (question != null) {
            ask(question);
        }
    }

    private void left(MonoSink<Allowance> sink) {
        synchronized (lease) {
            waiting.remove(sink);
        }
    }

    private void ask(Question question) {
        question.to(store, key).subscribe(this::answered, this::failed);
    }

    private void answered(Grant grant) {
        counters.answered().increment();
        List<Decision> decisions = new ArrayList<>();
        Question further = null;
        synchronized (lease) {
            long now = micros.getAsLong();
            int admitted = lease.answered(grant, waiting.size(), now);
            for (MonoSink<Allowance> sink : List.copyOf(waiting)) {
                Allowance decided = admitted-- > 0 ? allowance(PermitLease.ADMITTED, now) : decided(now);
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
