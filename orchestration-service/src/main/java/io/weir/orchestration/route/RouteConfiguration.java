package io.weir.orchestration.route;

import io.weir.orchestration.provider.Providers;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RouteConfiguration {

    @Bean
    ModelCatalog modelCatalog(SnapshotReader snapshots, Providers providers, Clock clock) {
        return new ModelCatalog(snapshots.table(SnapshotTopic.PRICE_BOOKS), providers, clock);
    }
}
