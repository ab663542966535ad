package io.weir.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

@Tag("infra")
class RedisMemoryIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void saysHowFullRedisIs() {
        RedissonClient redis = RedisClients.lazy(new RedisProperties(List.of(URI.create(Infrastructure.redis()))));
        RedisMemory memory = new RedisMemory(redis, 1, registry);
        memory.start();
        try {
            Eventually.passes(LIMIT, () -> {
                assertThat(value("gateway.redis.memory.used")).isPositive();
                assertThat(value("gateway.redis.memory.limit")).isGreaterThan(value("gateway.redis.memory.used"));
            });
        } finally {
            memory.stop();
            redis.shutdown();
        }
    }

    @Test
    void isNoNumberWithoutRedis() {
        RedissonClient redis = RedisClients.lazy(new RedisProperties(List.of(URI.create("redis://127.0.0.1:1"))));
        try {
            new RedisMemory(redis, 1, registry).ask();
            assertThat(value("gateway.redis.memory.used")).isNaN();
            assertThat(value("gateway.redis.memory.limit")).isNaN();
        } finally {
            redis.shutdown();
        }
    }

    private double value(String name) {
        return registry.get(name).gauge().value();
    }
}
