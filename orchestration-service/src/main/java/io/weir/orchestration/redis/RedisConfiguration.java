package io.weir.orchestration.redis;

import java.net.URI;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.ClusterServersConfig;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisProperties.class)
class RedisConfiguration {

    private static final int ANSWER_MS = 700;
    private static final int CONNECTIONS = 16;
    // Of a cluster's topology: a replica that took over is known so soon.
    private static final int SCAN_MS = 1_000;

    // Connects when it is first asked, on the thread that asks: the service starts and serves without Redis.
    @Bean(destroyMethod = "shutdown")
    RedissonClient redis(RedisProperties redis) {
        Config config = new Config().setLazyInitialization(true).setThreads(2).setNettyThreads(2);
        if (redis.url().size() > 1) {
            cluster(config.useClusterServers(), redis);
        } else {
            config.useSingleServer()
                    .setAddress(redis.url().getFirst().toString())
                    .setConnectionMinimumIdleSize(1)
                    .setConnectionPoolSize(CONNECTIONS)
                    .setSubscriptionConnectionMinimumIdleSize(0)
                    .setSubscriptionConnectionPoolSize(1)
                    .setDnsMonitoringInterval(-1)
                    .setConnectTimeout(ANSWER_MS)
                    .setTimeout(ANSWER_MS)
                    .setRetryAttempts(0);
        }
        return Redisson.create(config);
    }

    // What is read was just changed: only masters are asked. A slot without a node fails its own keys alone.
    private static void cluster(ClusterServersConfig config, RedisProperties redis) {
        config.addNodeAddress(redis.url().stream().map(URI::toString).toArray(String[]::new));
        config.setScanInterval(SCAN_MS);
        config.setCheckSlotsCoverage(false);
        config.setReadMode(ReadMode.MASTER);
        config.setMasterConnectionMinimumIdleSize(1);
        config.setMasterConnectionPoolSize(CONNECTIONS);
        config.setSubscriptionConnectionMinimumIdleSize(0);
        config.setSubscriptionConnectionPoolSize(1);
        config.setDnsMonitoringInterval(-1);
        config.setConnectTimeout(ANSWER_MS);
        config.setTimeout(ANSWER_MS);
        config.setRetryAttempts(0);
    }
}
