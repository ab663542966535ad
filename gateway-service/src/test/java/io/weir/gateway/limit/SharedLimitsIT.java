package io.weir.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.gateway.call.Allowance;
import io.weir.testing.Infrastructure;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Several instances on one Redis.
class SharedLimitsIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private static RedissonClient redis;
    private static Scheduler threads;

    private RedisLimitStore store;

    private record Gateway(Peers peers, PermitGate<RequestRate> gate) {}

    @BeforeAll
    static void connect() {
        Config config = new Config().setThreads(2).setNettyThreads(2);
        config.useSingleServer().setAddress(Infrastructure.redis()).setDnsMonitoringInterval(-1);
        redis = Redisson.create(config);
        threads = Schedulers.newBoundedElastic(4, 1_000, "limits-it");
    }

    @BeforeEach
    void apart() {
        store = new RedisLimitStore(redis, threads, ANSWER, Infrastructure.freshName("limits") + ":");
    }

    @AfterAll
    static void disconnect() {
        redis.shutdown();
        threads.dispose();
    }

    @Test
    void theScriptAndItsTwinInJavaAgree() {
        Random random = new Random(7);
        for (String rate : List.of("0.5", "3", "70", "12345")) {
            RequestRate known = RequestRate.of(new BigDecimal(rate), 3);
            PermitBucket twin = new PermitBucket();
            String key = "{" + rate + "}";
            long now = 100_000_000_000_000L;
            for (int step = 0; step < 60; step++) {
                now += random.nextLong((long) (known.intervalMicros() * known.burst()) / 4 + 1);
                int instances = 1 + random.nextInt(4);
                Claim claim = new Claim(
                        known.intervalMicros(),
                        known.depth(instances),
                        random.nextInt((int) known.burst() + 3),
                        random.nextInt(-5, 3));
                assertThat(store.takeAt(key, claim, now).block(LIMIT))
                        .as("step %s of %s requests per second: %s", step, rate, claim)
                        .isEqualTo(twin.take(now, claim));
            }
        }
    }

    @Test
    void threeInstancesAdmitWhatTheirTenantMayAndNoMore() {
        RequestRate rate = RequestRate.of(new BigDecimal("200"), 1);
        List<Gateway> gateways = gateways(3, rate);
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        long began = System.nanoTime();
        long until = began + Duration.ofSeconds(3).toNanos();

        Flux.range(0, 64)
                .flatMap(client -> client(gateways.get(client % 3), rate, admitted, refused, until), 64)
                .blockLast(LIMIT);

        double seconds = (System.nanoTime() - began) / 1e9;
        LoggerFactory.getLogger(SharedLimitsIT.class)
                .info("measured: {} admitted, {} refused in {} s", admitted, refused, seconds);
        assertThat((double) admitted.get()).isBetween(200 * 3 * 0.95, 200 * seconds + rate.burst() + 1);
        assertThat(refused).hasPositiveValue();
    }

    @Test
    void aQuotaIsCountedOnceAndTakesBackWhatIsGivenBack() {
        long end = System.currentTimeMillis() / 1_000 + 60;
        assertThat(store.count("{t}:h", new Count(10, 0, end, 7, 0)).block(LIMIT))
                .isEqualTo(new Grant(7, 3, 0));
        assertThat(store.count("{t}:h", new Count(10, 0, end, 7, 0)).block(LIMIT))
                .isEqualTo(new Grant(3, 0, 0));
        assertThat(store.count("{t}:h", new Count(10, 0, end, 1, 0)).block(LIMIT))
                .isEqualTo(new Grant(0, 0, 0));
        assertThat(store.count("{t}:h", new Count(10, 0, end, 0, -4)).block(LIMIT))
                .isEqualTo(new Grant(0, 4, 0));
        assertThat(store.count("{t}:h", new Count(10, 0, end, 9, 3)).block(LIMIT))
                .isEqualTo(new Grant(1, 0, 0));
        assertThat(store.count("{t}:h", new Count(10, 0, end, 0, -99)).block(LIMIT))
                .isEqualTo(new Grant(0, 10, 0));
    }

    @Test
    void slotsOfALimitAreHeldByOneInstanceOnly() {
        assertThat(held("first", 10, 7)).isEqualTo(new Held(7, false));
        assertThat(held("second", 10, 7)).isEqualTo(new Held(3, true));
        assertThat(held("first", 10, 9)).isEqualTo(new Held(7, true));
        assertThat(held("first", 10, 1))
                .as("the other had too few a moment ago")
                .isEqualTo(new Held(1, true));
        assertThat(held("second", 10, 20)).isEqualTo(new Held(9, true));
        assertThat(held("second", 10, 0)).isEqualTo(new Held(0, true));
        assertThat(held("first", 4, 10)).isEqualTo(new Held(4, true));
    }

    @Test
    void anInstanceThatLeavesIsNoLongerCounted() {
        assertThat(store.present("first").block(LIMIT)).isEqualTo(1);
        assertThat(store.present("second").block(LIMIT)).isEqualTo(2);
        assertThat(store.present("first").block(LIMIT)).isEqualTo(2);
        store.leave("second").block(LIMIT);
        assertThat(store.present("first").block(LIMIT)).isEqualTo(1);
    }

    private @Nullable Held held(String instance, int limit, int wanted) {
        return store.hold("{t}", instance, limit, wanted).block(LIMIT);
    }

    private static Mono<Void> client(
            Gateway gateway, RequestRate rate, AtomicInteger admitted, AtomicInteger refused, long until) {
        return Mono.defer(() -> gateway.gate().pass(rate))
                .flatMap(allowance -> noted(allowance, admitted, refused))
                .repeat(() -> System.nanoTime() < until)
                .then();
    }

    private static Mono<Long> noted(Allowance allowance, AtomicInteger admitted, AtomicInteger refused) {
        boolean passed = allowance.retryMicros() == 0;
        (passed ? admitted : refused).incrementAndGet();
        return Mono.delay(Duration.ofMillis(passed ? 1 : 5));
    }

    private List<Gateway> gateways(int count, RequestRate rate) {
        List<Peers> peers =
                IntStream.range(0, count).mapToObj(one -> new Peers(store, 1)).toList();
        peers.forEach(one -> one.count().block(LIMIT));
        peers.forEach(one -> one.count().block(LIMIT));
        assertThat(peers).allMatch(Peers::isReachable).allMatch(one -> one.instances() == count);
        return peers.stream().map(one -> new Gateway(one, gate(one, rate))).toList();
    }

    private PermitGate<RequestRate> gate(Peers peers, RequestRate rate) {
        LongSupplier micros = () -> TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        return new PermitGate<>(
                "{tenant}:second",
                new RateLease(rate, peers.instances(), micros.getAsLong()),
                store,
                peers,
                LimitCounters.in(new SimpleMeterRegistry()),
                micros,
                Schedulers.parallel());
    }
}
