package io.weir.gateway.health;

import io.weir.kafka.KafkaProperties;
import io.weir.observability.HealthCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import reactor.core.publisher.Mono;

/// Whether the broker answers: one request for the cluster's description.
final class KafkaHealth implements HealthCheck, AutoCloseable {

    private static final int LIMIT_MS = 1_000;

    private final Admin admin;

    KafkaHealth(KafkaProperties kafka) {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "gateway-health");
        settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        this.admin = Admin.create(settings);
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public Mono<Void> check() {
        return Mono.fromCompletionStage(() -> admin.describeCluster(new DescribeClusterOptions().timeoutMs(LIMIT_MS))
                        .clusterId()
                        .toCompletionStage())
                .then();
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
