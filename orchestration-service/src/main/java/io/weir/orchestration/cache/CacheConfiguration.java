package io.weir.orchestration.cache;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.redisson.api.RedissonClient;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CacheProperties.class)
class CacheConfiguration {

    private static final int THREADS = 4;
    private static final int WAITING_PER_THREAD = 256;

    @Bean(destroyMethod = "dispose")
    Scheduler cacheThreads() {
        return Schedulers.newBoundedElastic(THREADS, WAITING_PER_THREAD, "cache");
    }

    @Bean
    AnswerCache answerCache(
            RedissonClient redis,
            Scheduler cacheThreads,
            CacheProperties properties,
            Embedder embedder,
            Clock clock,
            MeterRegistry registry) {
        MemoryAnswers near = new MemoryAnswers(properties.near(), properties.candidates());
        Answers answers = switch (properties.store()) {
            case MEMORY -> near;
            case REDIS ->
                new NearAnswers(near, new RedisAnswers(redis, cacheThreads, properties), properties.nearFor(), clock);
        };
        return new AnswerCache(answers, new Likeness(embedder), properties, new CacheMeters(registry));
    }

    @Bean
    RouterFunction<ServerResponse> cacheRoutes(AnswerCache answerCache) {
        return new CacheRoutes(answerCache).routes();
    }
}
