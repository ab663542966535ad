package io.weir.orchestration.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.springframework.util.unit.DataSize;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClaimsIT implements ClaimsContract {

    static {
        EventLoops.guard();
    }

    private final Scheduler threads = Schedulers.newBoundedElastic(4, 64, "claims");
    private final RedissonClient redis = connected();

    private static RedissonClient connected() {
        Config config = new Config();
        config.useSingleServer().setAddress(Infrastructure.redis());
        return Redisson.create(config);
    }

    @AfterAll
    void stop() {
        redis.shutdown();
        threads.dispose();
    }

    private RedisClaims living(Duration claim) {
        IdempotencyProperties properties =
                new IdempotencyProperties(Duration.ofHours(24), DataSize.ofMegabytes(1), claim);
        return new RedisClaims(redis, threads, properties);
    }

    @Override
    public Claims claims() {
        return living(Duration.ofSeconds(30));
    }

    @Override
    public Claims shortClaims() {
        return living(Duration.ofSeconds(1));
    }

    @Test
    void aClaimAndAnAnswerEndByThemselvesAndSayNoKey() {
        String key = "order-" + UUID.randomUUID();
        Claim claim = Claim.of(
                new TenantId(UUID.randomUUID()),
                new IdempotencyKey(key),
                "r1",
                "POST",
                "/v1/embeddings",
                "{\"input\":\"a secret\"}".getBytes(StandardCharsets.UTF_8));
        claims().claim(claim).block(PATIENCE);
        assertThat(redis.getKeys().remainTimeToLive(claim.name())).isBetween(1L, 30_000L);
        assertThat(redis.getMap(claim.name(), StringCodec.INSTANCE).readAllMap().toString())
                .doesNotContain(key)
                .doesNotContain("a secret");
        claims().mark(claim, Claims.Reason.BROKEN).block(PATIENCE);
        assertThat(redis.getKeys().remainTimeToLive(claim.name()))
                .isBetween(Duration.ofHours(23).toMillis(), Duration.ofHours(24).toMillis());
    }

    @Test
    void whatWasLostMeanwhileIsPutBackByItsRenewal() {
        Claim claim = Claim.of(
                new TenantId(UUID.randomUUID()), new IdempotencyKey("k"), "r1", "POST", "/v1/embeddings", new byte[0]);
        claims().claim(claim).block(PATIENCE);
        redis.getKeys().delete(claim.name());
        assertThat(claims().renew(claim).block(PATIENCE)).isTrue();
        assertThat(redis.getKeys().remainTimeToLive(claim.name())).isBetween(1L, 30_000L);
    }
}
