package io.weir.orchestration.storedresponse;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Envelope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoredResponsesProperties.class)
class StoredResponsesConfiguration {

    private static final int THREADS = 2;
    private static final int MOST_WAITING = 10_000;

    @Bean(destroyMethod = "dispose")
    Scheduler responseThreads() {
        return Schedulers.newBoundedElastic(THREADS, MOST_WAITING, "stored-responses", 60, true);
    }

    @Bean
    ResponseTable responseTable(TenantTransaction tenants) {
        return new ResponseTable(tenants);
    }

    @Bean
    StoredResponses storedResponses(
            ResponseTable responseTable,
            ObjectProvider<Envelope> envelope,
            StoredResponsesProperties properties,
            Scheduler responseThreads,
            MeterRegistry registry) {
        Envelope sealing = envelope.getIfAvailable();
        return new StoredResponses(
                responseTable,
                sealing == null
                        ? null
                        : new SealedForm(sealing, properties.largest().toBytes()),
                properties.retention(),
                responseThreads,
                registry);
    }

    @Bean
    ResponseSweep responseSweep(
            PlatformTransaction platform, SnapshotReader snapshots, StoredResponsesProperties properties) {
        return new ResponseSweep(
                new OldResponses(platform), snapshots.table(SnapshotTopic.TENANTS), properties.sweepEvery());
    }

    @Bean
    RouterFunction<ServerResponse> storedResponsesRoutes(StoredResponses storedResponses) {
        return new StoredResponsesRoutes(storedResponses).routes();
    }
}
