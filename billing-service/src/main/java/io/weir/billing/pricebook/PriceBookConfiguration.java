package io.weir.billing.pricebook;

import io.weir.audit.Audit;
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
    PriceBooks priceBooks(PlatformTransaction transaction, SnapshotPublisher publisher, Audit audit, Clock clock) {
        return new PriceBooks(transaction, publisher, audit, clock);
    }

    @Bean
    PriceBookPublication priceBookPublication(PriceBookProperties properties, PriceBooks books) {
        return new PriceBookPublication(PriceBookReader.read(properties.priceBook()), books);
    }

    @Bean
    RouterFunction<ServerResponse> priceBookRoutes(PriceBooks books, JsonMapper json, Clock clock) {
        return new PriceBookRoutes(books, json, clock).routes();
    }

    @Bean
    RouterFunction<ServerResponse> priceRoutes(SnapshotReader reader, JsonMapper json, Clock clock) {
        return new PriceRoutes(reader.table(SnapshotTopic.PRICE_BOOKS), json, clock).routes();
    }
}
