package io.weir.orchestration.batch;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicSpec;
import io.weir.orchestration.file.StoredFiles;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BatchProperties.class)
class BatchConfiguration {

    private static final int PARTITIONS = 6;

    @Bean
    TopicSpec batchWorkTopic() {
        return TopicSpec.retained(WorkOffers.TOPIC, PARTITIONS, Duration.ofDays(2));
    }

    @Bean
    WorkOffers batchOffers(PlatformTransaction transaction, KafkaProperties kafka, BatchProperties limits) {
        return new WorkOffers(
                new R2dbcQueue(transaction, limits.claim(), limits.chunksAhead()), kafka, limits.lookEvery());
    }

    @Bean
    R2dbcBatches batches(TenantTransaction transaction) {
        return new R2dbcBatches(transaction);
    }

    @Bean
    BatchWorker batchWorker(
            TenantTransaction transaction,
            StoredFiles files,
            R2dbcBatches batches,
            WorkOffers offers,
            SnapshotReader snapshots,
            List<OfflineCalls> calls,
            KafkaProperties kafka,
            BatchProperties limits) {
        WorkParts parts = new WorkParts(new R2dbcWork(transaction, limits.claim()), files, limits);
        BatchWork work = new BatchWork(parts, batches, snapshots.table(SnapshotTopic.TENANTS), calls, offers::wake);
        return new BatchWorker(kafka, work, limits.chunksAtOnce());
    }

    @Bean
    RouterFunction<ServerResponse> batchRoutes(
            R2dbcBatches batches,
            StoredFiles files,
            WorkOffers offers,
            List<OfflineCalls> calls,
            BatchProperties limits,
            Clock clock) {
        return new BatchRoutes(
                        batches,
                        files,
                        calls.stream().collect(Collectors.toUnmodifiableMap(OfflineCalls::path, each -> each)),
                        limits,
                        offers::wake,
                        clock)
                .routes();
    }
}
