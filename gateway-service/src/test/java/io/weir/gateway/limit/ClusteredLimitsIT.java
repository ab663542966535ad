package io.weir.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.embedded.RedisCluster;
import io.weir.gateway.redis.RedisClients;
import io.weir.gateway.redis.RedisProperties;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.RedissonClient;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Limits on a Redis Cluster of three nodes: each tenant's lie on one of them, and tenants on all.
class ClusteredLimitsIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int TENANTS = 24;

    @TempDir
    private static Path directory;

    private static RedisCluster cluster;
    private static RedissonClient redis;
    private static Scheduler threads;
    private static RedisLimitStore store;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(directory);
        List<URI> nodes = cluster.urls().stream().map(URI::create).toList();
        redis = RedisClients.lazy(new RedisProperties(nodes));
        threads = Schedulers.newBoundedElastic(4, 1_000, "cluster-it");
        store = new RedisLimitStore(redis, threads, Duration.ofSeconds(30), "");
    }

    @AfterAll
    static void stop() {
        redis.shutdown();
        threads.dispose();
        cluster.close();
    }

    @Test
    void limitsOfManyTenantsHoldOverTwoGateways() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LimitCounters counters = LimitCounters.in(registry);
        Peers first = new Peers(store, 1);
        Peers second = new Peers(store, 1);
        first.count().block(LIMIT);
        second.count().block(LIMIT);
        first.count().block(LIMIT);
        assertThat(first.instances()).isEqualTo(2);

        for (int i = 0; i < TENANTS; i++) {
            String tenant = "{" + UUID.randomUUID() + "}";
            String key = tenant + ":key:k7Qm2Xv9LpZa";
            assertThat(admitted(tenant, first, counters) + admitted(tenant, second, counters))
                    .as("one request in a hundred seconds")
                    .isEqualTo(1);
            assertThat(admitted(key, second, counters)).isEqualTo(1);
            assertThat(counted(tenant, first, counters) + counted(tenant, second, counters))
                    .as("calls a month")
                    .isEqualTo(5);
            assertThat(store.hold(tenant + ":running", "first", 3, 2).block(LIMIT))
                    .isEqualTo(new Held(2, false));
            assertThat(store.hold(tenant + ":running", "second", 3, 2).block(LIMIT))
                    .isEqualTo(new Held(1, true));
        }

        assertThat(first.isReachable()).isTrue();
        assertThat(second.isReachable()).isTrue();
        assertThat(counters.failed().count()).as("CROSSSLOT would fail").isZero();
        assertThat(counters.answered().count()).isPositive();
        assertThat(keysOfEachNode()).hasSize(3).allMatch(keys -> keys > 0);
        store.leave(first.self()).block(LIMIT);
        store.leave(second.self()).block(LIMIT);
    }

    private static List<Long> keysOfEachNode() {
        return cluster.urls().stream()
                .map(url -> {
                    RedissonClient node = single(url);
                    try {
                        return node.getKeys().count();
                    } finally {
                        node.shutdown();
                    }
                })
                .toList();
    }

    private static RedissonClient single(String url) {
        return RedisClients.lazy(new RedisProperties(List.of(URI.create(url))));
    }

    private static int admitted(String owner, Peers peers, LimitCounters counters) {
        RequestRate rate = RequestRate.of(new BigDecimal("0.01"), 1);
        PermitGate<RequestRate> gate = new PermitGate<>(
                owner + ":second",
                new RateLease(rate, peers.instances(), micros()),
                store,
                peers,
                counters,
                ClusteredLimitsIT::micros,
                Schedulers.parallel());
        return passes(gate, rate, 3);
    }

    private static int counted(String owner, Peers peers, LimitCounters counters) {
        Quota quota = new Quota("limits.callsPerMonth", 5, Quota.Span.MONTH, ZoneId.of("UTC"));
        LongSupplier wall = () -> TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        PermitGate<Quota> gate = new PermitGate<>(
                owner + ":callsPerMonth",
                new QuotaLease(quota, peers.instances(), wall.getAsLong()),
                store,
                peers,
                counters,
                wall,
                Schedulers.parallel());
        return passes(gate, quota, 4);
    }

    private static long micros() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    private static <T> int passes(PermitGate<T> gate, T terms, int requests) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            var allowance = gate.pass(terms).block(LIMIT);
            passed += allowance != null && allowance.retryMicros() == 0 ? 1 : 0;
        }
        return passed;
    }
}
