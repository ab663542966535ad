package io.weir.analytics;

import io.weir.analytics.ingestion.Schema;
import io.weir.analytics.requests.RequestsRoute;
import io.weir.analytics.sealing.CatchUp;
import io.weir.analytics.sealing.HourSealing;
import io.weir.analytics.sealing.SealRoute;
import io.weir.analytics.sealing.UnsealedHours;
import io.weir.analytics.summary.SummaryRoute;
import io.weir.analytics.usage.UsageRoute;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicSpec;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.core.StreamWriteFeature;

/// What is given out: sealed hours, and answers to tenants.
@Configuration(proxyBeanMethods = false)
class AnswerConfiguration {

    /// Amounts are JSON numbers in some answers, never in exponent form.
    @Bean
    JsonMapperBuilderCustomizer plainDecimals() {
        return builder -> builder.enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN);
    }

    @Bean
    TopicSpec sealedHoursTopic() {
        return TopicSpec.compacted(SnapshotTopic.SEALED_HOURS.suffix());
    }

    @Bean
    UnsealedHours unsealedHours(AnalyticsProperties properties, Clock clock) {
        return new UnsealedHours(properties.sealGrace(), properties.producerSilence(), clock);
    }

    @Bean
    HourSealing hourSealing(
            UnsealedHours unsealed,
            TenantQuery query,
            BlockWriter writer,
            SnapshotPublisher publisher,
            Schema schema,
            Clock clock) {
        return new HourSealing(unsealed, query, writer, publisher, schema::isReady, clock);
    }

    @Bean
    CatchUp catchUp(KafkaProperties kafka, AnalyticsProperties properties) {
        return new CatchUp(
                kafka,
                kafka.topic(AnalyticsConfiguration.USAGE),
                AnalyticsConfiguration.usageGroup(kafka),
                properties.sealTimeout());
    }

    @Bean
    RouterFunction<ServerResponse> sealRoute(CatchUp catchUp, HourSealing sealing, Clock clock) {
        return new SealRoute(catchUp, sealing, clock).route();
    }

    @Bean
    RouterFunction<ServerResponse> summaryRoute(TenantQuery query, Clock clock) {
        return new SummaryRoute(query, clock).route();
    }

    @Bean
    RouterFunction<ServerResponse> requestsRoute(TenantQuery query) {
        return new RequestsRoute(query).route();
    }

    @Bean
    RouterFunction<ServerResponse> usageRoute(TenantQuery query, Clock clock) {
        return new UsageRoute(query, clock).route();
    }
}
