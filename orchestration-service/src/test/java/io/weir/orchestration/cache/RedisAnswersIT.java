package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.embedded.FreePort;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisAnswersIT implements AnswersContract {

    static {
        EventLoops.guard();
    }

    private final Scheduler threads = Schedulers.newBoundedElastic(4, 64, "cache");
    private final RedissonClient redis = connected(Infrastructure.redis());

    private static RedissonClient connected(String url) {
        Config config = new Config().setLazyInitialization(true);
        config.useSingleServer()
                .setAddress(url)
                .setConnectTimeout(700)
                .setTimeout(700)
                .setRetryAttempts(0);
        return Redisson.create(config);
    }

    @AfterAll
    void stop() {
        redis.shutdown();
        threads.dispose();
    }

    @Override
    public Answers answers() {
        CacheProperties patient = AnswerKeyPropertyTests.properties("candidates=4", "entries=3", "patience=5s");
        return new RedisAnswers(redis, threads, patient);
    }

    @Test
    void aTenantHasSoManyEntriesAndTheOldestGoesFirst() {
        Answers answers = answers();
        TenantId tenant = new TenantId(UUID.randomUUID());
        CachedAnswer answer = AnswerKeyPropertyTests.answer("a", Duration.ofMinutes(1));
        for (int i = 0; i < 5; i++) {
            answers.keep(new AnswerKey(tenant, "d" + i), answer, Duration.ofMinutes(1))
                    .block(PATIENCE);
        }
        assertThat(redis.getScoredSortedSet(AnswerKey.index(tenant)).size()).isEqualTo(3);
        assertThat(answers.find(new AnswerKey(tenant, "d4")).block(PATIENCE)).isNotNull();
        assertThat(redis.getKeys().remainTimeToLive("weir:cache:{" + tenant + "}:index"))
                .isPositive();
    }

    @Test
    void whereNothingAnswersItIsKnownSoonAndThenAtOnce() {
        RedissonClient nowhere = connected("redis://127.0.0.1:" + FreePort.next());
        try {
            Answers answers = new RedisAnswers(nowhere, threads, AnswerKeyPropertyTests.properties());
            AnswerKey key = new AnswerKey(new TenantId(UUID.randomUUID()), "d");
            StepVerifier.create(answers.find(key)).expectError().verify(PATIENCE);
            StepVerifier.create(answers.find(key))
                    .expectErrorMessage("Redis did not answer a moment ago")
                    .verify(PATIENCE);
        } finally {
            nowhere.shutdown();
        }
    }
}
