package io.weir.orchestration.redis;

import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisProperties.class)
class RedisConfiguration {

    private static final int ANSWER_MS = 700;

    // Connects when it is first asked, on the thread that asks: the service starts and serves without Redis.
    @Bean(destroyMethod = "shutdown")
    RedissonClient redis(RedisProperties redis) {
        Config config = new Config().setLazyInitialization(true).setThreads(2).setNettyThreads(2);
        config.useSingleServer()
                .setAddress(redis.url().toString())
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(16)
                .setSubscriptionConnectionMinimumIdleSize(0)
                .setSubscriptionConnectionPoolSize(1)
                .setDnsMonitoringInterval(-1)
                .setConnectTimeout(ANSWER_MS)
                .setTimeout(ANSWER_MS)
                .setRetryAttempts(0);
        return Redisson.create(config);
    }
}
