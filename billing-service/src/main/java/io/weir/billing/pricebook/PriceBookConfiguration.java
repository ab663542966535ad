package io.weir.billing.pricebook;

import io.weir.kafka.TopicSpec;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
}
