package io.weir.analytics.events;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.ingestion.ChunkLoop;
import io.weir.analytics.ingestion.Ingestion;
import io.weir.analytics.ingestion.IngestionStatus;
import io.weir.analytics.ingestion.IngestionTopic;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TopicSpec;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// External costs from the request to the row.
@Configuration(proxyBeanMethods = false)
class EventsConfiguration {

    private static final String TOPIC = "external-costs.v1";
    private static final int PARTITIONS = 3;
    private static final Duration KEPT = Duration.ofDays(35);
    private static final int CHUNK = 5_000;
    private static final Duration LINGER = Duration.ofMillis(500);

    @Bean
    TopicSpec externalCostsTopic() {
        return TopicSpec.retained(TOPIC, PARTITIONS, KEPT);
    }

    @Bean
    IngestionStatus externalCostsStatus(Clock clock, MeterRegistry meters) {
        return new IngestionStatus(TOPIC, clock, meters);
    }

    @Bean
    ChunkLoop externalCostsLoop(
            Ingestion ingestion,
            KafkaProperties kafka,
            TenantQuery query,
            MeterRegistry meters,
            IngestionStatus externalCostsStatus) {
        IngestionTopic topic = new IngestionTopic(kafka.topic(TOPIC), kafka.topic("analytics." + TOPIC), CHUNK, LINGER);
        return ingestion.loop(topic, new ExternalCostHandler(query, meters), externalCostsStatus);
    }

    // Its own, so that a queue of refused usage never holds up a caller; and nobody else's.
    @Bean(defaultCandidate = false)
    @Qualifier(TOPIC)
    RecordSender externalCostsSender(KafkaProperties kafka, EventsProperties properties) {
        return RecordSender.create(kafka, "analytics-external-costs", properties.delivery());
    }

    @Bean
    RouterFunction<ServerResponse> eventsRoute(
            EventsProperties properties, KafkaProperties kafka, @Qualifier(TOPIC) RecordSender sender, Clock clock) {
        return new EventsRoute(properties, kafka.topic(TOPIC), sender, clock).route();
    }
}
