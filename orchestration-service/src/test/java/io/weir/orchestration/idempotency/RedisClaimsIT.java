package io.weir.orchestration.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
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
                "keyabc",
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
    void aTenantsAnswersAreKeptUpToABoundAndWhatHadToGoDoesNotRunAgain() {
        IdempotencyProperties small = new IdempotencyProperties(
                Duration.ofHours(24), DataSize.ofMegabytes(1), DataSize.ofBytes(1_000), Duration.ofSeconds(30));
        RedisClaims claims = new RedisClaims(redis, threads, small);
        TenantId tenant = new TenantId(UUID.randomUUID());
        for (int i = 0; i < 4; i++) {
            Claim claim = named(tenant, "k" + i);
            claims.claim(claim).block(PATIENCE);
            KeptAnswer answer = new KeptAnswer(new KeptAnswer.Head(200, Map.of()), new byte[400]);
            assertThat(claims.keep(claim, answer).block(PATIENCE)).isTrue();
        }
        assertThat(claims.claim(named(tenant, "k0")).block(PATIENCE))
                .isInstanceOfSatisfying(
                        Claims.Found.NotKept.class,
                        gone -> assertThat(gone.why()).isEqualTo(Claims.Reason.CROWDED_OUT));
        assertThat(claims.claim(named(tenant, "k1")).block(PATIENCE)).isInstanceOf(Claims.Found.NotKept.class);
        assertThat(claims.claim(named(tenant, "k3")).block(PATIENCE)).isInstanceOf(Claims.Found.Answered.class);
        TenantId other = new TenantId(UUID.randomUUID());
        assertThat(claims.claim(named(other, "k3")).block(PATIENCE)).isInstanceOf(Claims.Found.Free.class);
        assertThat(redis.getKeys().remainTimeToLive(named(tenant, "k0").index()))
                .isPositive();
    }

    private static Claim named(TenantId tenant, String key) {
        return Claim.of(tenant, "keyabc", new IdempotencyKey(key), "r1", "POST", "/v1/embeddings", new byte[0]);
    }

    @Test
    void whatWasLostMeanwhileIsPutBackByItsRenewal() {
        Claim claim = Claim.of(
                new TenantId(UUID.randomUUID()),
                "keyabc",
                new IdempotencyKey("k"),
                "r1",
                "POST",
                "/v1/embeddings",
                new byte[0]);
        claims().claim(claim).block(PATIENCE);
        redis.getKeys().delete(claim.name());
        assertThat(claims().renew(claim).block(PATIENCE)).isTrue();
        assertThat(redis.getKeys().remainTimeToLive(claim.name())).isBetween(1L, 30_000L);
    }
}
