package io.weir.gateway.limit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.redisson.api.RedissonClient;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
class LimitConfiguration {

    private static final int THREADS = 4;
    private static final int WAITING_PER_THREAD = 256;

    @Bean
    SnapshotTable<PlanSnapshot> plans(SnapshotReader snapshots) {
        return snapshots.table(SnapshotTopic.PLANS);
    }

    // Of its own: the client connects on the thread that asks.
    @Bean(destroyMethod = "dispose")
    Scheduler limitThreads() {
        return Schedulers.newBoundedElastic(THREADS, WAITING_PER_THREAD, "limits");
    }

    @Bean
    LimitStore limitStore(RedissonClient redis, Scheduler limitThreads, LimitProperties properties) {
        return new RedisLimitStore(redis, limitThreads, properties.answerWithin(), "");
    }

    @Bean
    Peers peers(LimitStore store, LimitProperties properties, MeterRegistry registry) {
        Peers peers = new Peers(store, properties.instances());
        Gauge.builder(LimitMeter.AWAY.id(), peers, those -> those.isReachable() ? 0 : 1)
                .description(LimitMeter.AWAY.description())
                .register(registry);
        return peers;
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> countedPeers(Peers peers, RequestLimits limits) {
        return ready -> peers.start(limits::renew);
    }

    @Bean
    CallQuotas callQuotas(
            LimitStore store,
            Peers peers,
            SnapshotTable<PlanSnapshot> plans,
            LimitProperties properties,
            MeterRegistry registry,
            Clock clock) {
        return new CallQuotas(
                store,
                peers,
                LimitCounters.ofQuotas(registry),
                LimitCounters.ofIncludedCalls(registry),
                tenant -> properties.planQuotas() ? terms(plans, tenant, clock).orElse(null) : null,
                clock);
    }

    @Bean
    RequestLimits requestLimits(
            LimitStore store,
            Peers peers,
            CallQuotas quotas,
            SnapshotTable<PlanSnapshot> plans,
            LimitProperties properties,
            MeterRegistry registry,
            Clock clock) {
        LimitCounters counters = LimitCounters.in(registry);
        LongSupplier micros = () -> TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        PacedCalls all = new PacedCalls(store, peers, LimitCounters.ofPlatform(registry), micros);
        return new RequestLimits(
                new PacedCalls(store, peers, counters, micros),
                new RunningCalls(store, peers, counters, micros),
                quotas,
                new PlatformCap(all, properties.platformRequestsPerSecond()),
                tenant -> terms(plans, tenant, clock).orElse(null),
                properties.planRates());
    }

    private static Optional<PlanSnapshot.Terms> terms(
            SnapshotTable<PlanSnapshot> plans, TenantSnapshot tenant, Clock clock) {
        return plans.find(tenant.plan()).map(plan -> plan.termsAt(clock.instant()));
    }
}
