package io.weir.gateway.limit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.gateway.call.Allowance;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/// Several instances that admit one tenant's requests, in turned time.
final class Gateways {

    /// One instance: its clock stands elsewhere than the others'.
    private record Gateway(Peers peers, PermitGate<RequestRate> gate) {}

    final MemoryLimitStore store;
    final RequestRate rate;
    /// When requests were admitted, in microseconds.
    final List<Long> admitted = new ArrayList<>();
    /// For how long each refused one was told to wait, in microseconds.
    final List<Long> refused = new ArrayList<>();
    private final List<Gateway> all;

    Gateways(int instances, String perSecond, int burstFactor, long latency) {
        this.store = new MemoryLimitStore(latency);
        this.rate = RequestRate.of(new BigDecimal(perSecond), burstFactor);
        List<Peers> peers = IntStream.range(0, instances)
                .mapToObj(one -> new Peers(store, 1))
                .toList();
        // Twice: the first did not see the last at its first count.
        count(peers);
        count(peers);
        this.all = IntStream.range(0, instances)
                .mapToObj(one -> new Gateway(peers.get(one), gate(one, peers.get(one))))
                .toList();
    }

    private PermitGate<RequestRate> gate(int one, Peers peers) {
        LimitCounters counters = LimitCounters.in(new SimpleMeterRegistry());
        long offset = one * 7_654_321L - 9_999_999;
        LongSupplier micros = () -> store.now + offset;
        RateLease lease = new RateLease(rate, peers.instances(), micros.getAsLong());
        return new PermitGate<>("t", lease, store, peers, counters, micros, Schedulers.immediate());
    }

    private static void count(List<Peers> peers) {
        peers.forEach(one -> one.count().block(Duration.ofSeconds(1)));
    }

    /// As every second.
    void count() {
        count(all.stream().map(Gateway::peers).toList());
    }

    /// As every second, too.
    void giveBack() {
        all.forEach(one -> one.gate().giveBack());
    }

    Disposable request(int instance) {
        return all.get(instance % all.size()).gate().pass(rate).subscribe(this::note);
    }

    private void note(Allowance allowance) {
        if (allowance.retryMicros() == 0) {
            admitted.add(store.now);
        } else {
            refused.add(allowance.retryMicros());
        }
    }

    /// The most that was admitted beyond the rate in any span of time; with `longer` the rate is allowed to have gone
    /// on for so many microseconds.
    double beyondRate(long longer) {
        double most = 0;
        for (int first = 0; first < admitted.size(); first++) {
            for (int last = first; last < admitted.size(); last++) {
                double span = admitted.get(last) - admitted.get(first) + (double) longer;
                most = Math.max(most, last - first + 1 - span / rate.intervalMicros());
            }
        }
        return most;
    }
}
