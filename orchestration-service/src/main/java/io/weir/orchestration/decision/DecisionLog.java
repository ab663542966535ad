package io.weir.orchestration.decision;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/// Keeps why calls went where they went. Calls do not wait for it: decisions gather in memory and are written together,
/// so that those of the last moment are lost with their process. Safe for use by many threads.
///
/// Fails open: where the database is away or too slow, decisions are dropped, calls go on (`weir.decisions` with
/// `result=dropped` or `failed`).
public final class DecisionLog implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_AT_ONCE = 500;

    private final DecisionTable table;
    private final DecisionProperties properties;
    private final JsonMapper json = JsonMapper.shared();
    private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final Counter kept;
    private final Counter dropped;
    private final Counter failed;
    private volatile @Nullable Disposable running;

    private record Pending(Owner owner, Explained explained) {}

    private record Owner(TenantContext tenant, Duration lasting) {}

    DecisionLog(DecisionTable table, DecisionProperties properties, MeterRegistry registry) {
        this.table = table;
        this.properties = properties;
        this.kept = registry.counter("weir.decisions", "result", "kept");
        this.dropped = registry.counter("weir.decisions", "result", "dropped");
        this.failed = registry.counter("weir.decisions", "result", "failed");
    }

    /// Returns at once.
    public void note(TenantSnapshot tenant, Explained explained) {
        Duration lasting = properties.lasting(tenant.settings().retentionDays());
        if (lasting.isZero()) {
            return;
        }
        if (size.incrementAndGet() > properties.mostWaiting()) {
            size.decrementAndGet();
            dropped.increment();
            return;
        }
        waiting.add(new Pending(new Owner(tenant.context(), lasting), explained));
    }

    @Override
    public void start() {
        running = Flux.interval(properties.writeEvery())
                .onBackpressureDrop()
                .concatMap(tick -> write(MOST_AT_ONCE))
                .subscribe();
    }

    // Until fewer wait than that.
    private Mono<Void> write(int least) {
        return Flux.defer(() -> Flux.fromIterable(taken().entrySet()))
                .concatMap(one -> write(one.getKey(), one.getValue()))
                .then()
                .repeat(() -> size.get() >= least)
                .then();
    }

    private Map<Owner, List<Explained>> taken() {
        Map<Owner, List<Explained>> byOwner = new LinkedHashMap<>();
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            Pending next = waiting.poll();
            if (next == null) {
                break;
            }
            size.decrementAndGet();
            byOwner.computeIfAbsent(next.owner(), owner -> new ArrayList<>()).add(next.explained());
        }
        return byOwner;
    }

    private Mono<Void> write(Owner owner, List<Explained> decisions) {
        return Mono.fromCallable(
                        () -> decisions.stream().map(json::writeValueAsString).toList())
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(texts -> table.insert(
                                owner.tenant(),
                                owner.lasting(),
                                decisions.stream().map(Explained::requestId).toList(),
                                texts)
                        .thenReturn(texts.size()))
                .timeout(LONGEST)
                .doOnNext(kept::increment)
                .onErrorResume(failure -> {
                    failed.increment(decisions.size());
                    LOG.warn("{} decisions could not be kept: {}", decisions.size(), failure.toString());
                    return Mono.empty();
                })
                .then();
    }

    @Override
    public void stop() {
        Disposable writing = running;
        if (writing != null) {
            writing.dispose();
            running = null;
            write(1).timeout(LONGEST).onErrorComplete().block(LONGEST.multipliedBy(2));
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
