package io.weir.orchestration.idempotency;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.orchestration.inference.OpenCalls;
import org.redisson.api.RedissonClient;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IdempotencyProperties.class)
class IdempotencyConfiguration {

    private static final int THREADS = 4;
    private static final int WAITING_PER_THREAD = 256;

    @Bean(destroyMethod = "dispose")
    Scheduler idempotencyThreads() {
        return Schedulers.newBoundedElastic(THREADS, WAITING_PER_THREAD, "idempotency");
    }

    @Bean
    Claims idempotencyClaims(RedissonClient redis, Scheduler idempotencyThreads, IdempotencyProperties properties) {
        return new RedisClaims(redis, idempotencyThreads, properties);
    }

    // Connecting may take longer than a request with a key waits; nobody's is the first.
    @Bean
    ApplicationListener<ApplicationReadyEvent> earlyClaim(Claims idempotencyClaims) {
        Claim nobodys = new Claim("weir:idempotency:{nobody}", "weir:idempotency:{nobody}:kept", "", "", "");
        return ready -> idempotencyClaims.release(nobodys).onErrorComplete().subscribe();
    }

    @Bean
    HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey(
            Claims idempotencyClaims, IdempotencyProperties properties, OpenCalls open, MeterRegistry registry) {
        return new OncePerKey(new FirstRun.Parts(idempotencyClaims, properties, new IdempotencyMeters(registry), open));
    }
}
