package io.weir.orchestration.idempotency;

import io.weir.embedded.FreePort;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.springframework.util.unit.DataSize;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class RedisAwayTests {

    static {
        EventLoops.guard();
    }

    @Test
    void aClaimFailsSoonWhereNothingAnswers() {
        Config config = new Config().setLazyInitialization(true);
        config.useSingleServer()
                .setAddress("redis://127.0.0.1:" + FreePort.next())
                .setConnectTimeout(700)
                .setTimeout(700)
                .setRetryAttempts(0);
        RedissonClient redis = Redisson.create(config);
        Scheduler threads = Schedulers.newBoundedElastic(1, 1, "claims");
        try {
            IdempotencyProperties properties =
                    new IdempotencyProperties(Duration.ofHours(24), DataSize.ofMegabytes(1), Duration.ofSeconds(30));
            Claim claim = Claim.of(
                    new TenantId(UUID.randomUUID()),
                    "keyabc",
                    new IdempotencyKey("k"),
                    "r1",
                    "POST",
                    "/v1/embeddings",
                    new byte[0]);
            StepVerifier.create(new RedisClaims(redis, threads, properties).claim(claim))
                    .expectError()
                    .verify(Duration.ofSeconds(10));
        } finally {
            redis.shutdown();
            threads.dispose();
        }
    }
}
