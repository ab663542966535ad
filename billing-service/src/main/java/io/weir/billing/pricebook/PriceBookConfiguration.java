package io.weir.billing.pricebook;

import io.weir.kafka.TopicSpec;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PriceBookProperties.class)
final class PriceBookConfiguration {

    @Bean
    TopicSpec priceBooksTopic() {
        return TopicSpec.compacted(SnapshotTopic.PRICE_BOOKS.suffix());
    }

    @Bean
    PriceBookPublication priceBookPublication(
            PriceBookProperties properties, PlatformTransaction transaction, SnapshotPublisher publisher, Clock clock) {
        return new PriceBookPublication(
                PriceBookReader.read(properties.priceBook()), new R2dbcPriceBooks(transaction), publisher, clock);
    }

    @Bean
    RouterFunction<ServerResponse> priceRoutes(SnapshotReader reader, JsonMapper json, Clock clock) {
        return new PriceRoutes(reader.table(SnapshotTopic.PRICE_BOOKS), json, clock).routes();
    }
}
