package io.weir.gateway.health;

import io.weir.gateway.redis.RedisProperties;
import io.weir.gateway.routing.ServicesProperties;
import io.weir.kafka.KafkaProperties;
import io.weir.observability.HealthChecks;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    private static final int CONNECTIONS_PER_SERVICE = 2;

    @Bean
    KafkaHealth kafkaHealth(KafkaProperties kafka) {
        return new KafkaHealth(kafka);
    }

    @Bean
    RedisHealth redisHealth(RedisProperties redis) {
        return new RedisHealth(redis);
    }

    @Bean(destroyMethod = "dispose")
    ConnectionProvider healthConnections() {
        return ConnectionProvider.create("health", CONNECTIONS_PER_SERVICE);
    }

    @Bean
    PlatformHealth platformHealth(HealthChecks own, ServicesProperties services, ConnectionProvider healthConnections) {
        HttpClient client = HttpClient.create(healthConnections);
        return new PlatformHealth(
                own,
                List.of(
                        new ServiceHealth("tenant-service", services.tenant(), client),
                        new ServiceHealth("orchestration-service", services.orchestration(), client),
                        new ServiceHealth("analytics-service", services.analytics(), client),
                        new ServiceHealth("billing-service", services.billing(), client)));
    }
}
