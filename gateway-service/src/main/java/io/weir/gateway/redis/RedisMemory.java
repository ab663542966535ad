package io.weir.gateway.redis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNode;
import org.redisson.api.redisnode.RedisNode.InfoSection;
import org.redisson.api.redisnode.RedisNodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// How full Redis is: the fullest node of a cluster, asked now and then on a thread of its own. While it cannot be
/// asked
/// the gauges are no number. A server without a limit of its own is measured against its machine's memory.
public final class RedisMemory implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RedisMemory.class);
    private static final long EVERY_SECONDS = 15;
    private static final Use UNKNOWN = new Use(Double.NaN, Double.NaN);

    private final RedissonClient redis;
    private final boolean cluster;
    private volatile Use use = UNKNOWN;
    private volatile CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean running;

    private record Use(double bytes, double limit) {

        double share() {
            return bytes / limit;
        }
    }

    /// @param nodes how many addresses of Redis are set; several are a cluster's
    public RedisMemory(RedissonClient redis, int nodes, MeterRegistry registry) {
        this.redis = redis;
        this.cluster = nodes > 1;
        Gauge.builder("gateway.redis.memory.used", this, memory -> memory.use.bytes())
                .baseUnit("bytes")
                .description("memory that Redis uses; of a cluster, its fullest node")
                .register(registry);
        Gauge.builder("gateway.redis.memory.limit", this, memory -> memory.use.limit())
                .baseUnit("bytes")
                .description("memory that the same node may use")
                .register(registry);
    }

    @Override
    public void start() {
        running = true;
        stopped = new CountDownLatch(1);
        Thread.ofVirtual().name("redis-memory").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        stopped.countDown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            do {
                ask();
            } while (!stopped.await(EVERY_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void ask() {
        try {
            use = nodes().stream()
                    .map(node -> use(node.info(InfoSection.MEMORY)))
                    .max(Comparator.comparingDouble(Use::share))
                    .orElse(UNKNOWN);
        } catch (RuntimeException away) {
            use = UNKNOWN;
            LOG.debug("Redis does not say how full it is: {}", away.toString());
        }
    }

    private Collection<? extends RedisNode> nodes() {
        return cluster
                ? redis.getRedisNodes(RedisNodes.CLUSTER).getMasters()
                : List.of(redis.getRedisNodes(RedisNodes.SINGLE).getInstance());
    }

    private static Use use(Map<String, String> said) {
        double limit = number(said, "maxmemory");
        return new Use(number(said, "used_memory"), limit > 0 ? limit : number(said, "total_system_memory"));
    }

    private static double number(Map<String, String> said, String name) {
        String text = said.get(name);
        return text == null ? Double.NaN : Double.parseDouble(text.strip());
    }
}
