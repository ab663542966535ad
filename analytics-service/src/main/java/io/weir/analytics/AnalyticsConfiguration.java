package io.weir.analytics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.weir.analytics.access.AccessHandler;
import io.weir.analytics.ingestion.ChunkLoop;
import io.weir.analytics.ingestion.ChunkStore;
import io.weir.analytics.ingestion.DeadLetters;
import io.weir.analytics.ingestion.Ingestion;
import io.weir.analytics.ingestion.IngestionStatus;
import io.weir.analytics.ingestion.IngestionTopic;
import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.analytics.metering.AcceptedGaps;
import io.weir.analytics.metering.IngestionTrace;
import io.weir.analytics.metering.LedgerGaps;
import io.weir.analytics.metering.UsageHandler;
import io.weir.analytics.sealing.UnsealedHours;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TopicSpec;
import io.weir.observability.kafka.TraceHeaders;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What takes records in. Both topics that are read belong to others and may come later than this service.
@Configuration(proxyBeanMethods = false)
class AnalyticsConfiguration {

    static final String USAGE = "usage.v1";
    static final String ACCESS = "access.v1";
    static final String REFUSED = USAGE + ".dlt";
    private static final String GROUP = "analytics.";
    private static final Duration REFUSED_KEPT = Duration.ofDays(35);
    private static final Duration DELIVERY = Duration.ofSeconds(10);

    /// The consumer group that stores the ledger.
    static String usageGroup(KafkaProperties kafka) {
        return kafka.topic(GROUP + USAGE);
    }

    @Bean
    TopicSpec refusedUsageTopic() {
        return TopicSpec.retained(REFUSED, 1, REFUSED_KEPT);
    }

    @Bean
    Schema schema(ClickHouse clickHouse, RetentionProperties retention) {
        return new Schema(clickHouse, retention);
    }

    @Bean
    RecordSender refusedUsageSender(KafkaProperties kafka) {
        return RecordSender.create(kafka, "analytics-refused-usage", DELIVERY);
    }

    @Bean
    Ingestion ingestion(
            KafkaProperties kafka,
            BlockWriter writer,
            TenantQuery query,
            RecordSender sender,
            Schema schema,
            Clock clock) {
        return new Ingestion(
                kafka, new ChunkStore(writer, query), new DeadLetters(kafka.topic(REFUSED), sender), schema, clock);
    }

    @Bean
    IngestionStatus usageStatus(Clock clock, MeterRegistry meters) {
        return new IngestionStatus(USAGE, clock, meters);
    }

    @Bean
    IngestionStatus accessStatus(Clock clock, MeterRegistry meters) {
        return new IngestionStatus(ACCESS, clock, meters);
    }

    @Bean
    LedgerGaps ledgerGaps(MeterRegistry meters) {
        return new LedgerGaps(meters);
    }

    @Bean
    AcceptedGaps acceptedGaps(TenantQuery query, BlockWriter writer, Clock clock) {
        return new AcceptedGaps(query, writer, clock);
    }

    @Bean
    ChunkLoop usageLoop(
            Ingestion ingestion,
            KafkaProperties kafka,
            AnalyticsProperties properties,
            TenantQuery query,
            UnsealedHours unsealed,
            LedgerGaps gaps,
            AcceptedGaps accepted,
            TraceHeaders headers,
            Tracer tracer,
            MeterRegistry meters,
            IngestionStatus usageStatus,
            Clock clock) {
        UsageHandler handler =
                new UsageHandler(query, unsealed, gaps, accepted, new IngestionTrace(headers, tracer), meters, clock);
        IngestionTopic topic = new IngestionTopic(
                kafka.topic(USAGE), usageGroup(kafka), properties.chunkRecords(), properties.chunkLinger());
        return ingestion.loop(topic, handler, usageStatus);
    }

    @Bean
    ChunkLoop accessLoop(
            Ingestion ingestion,
            KafkaProperties kafka,
            AnalyticsProperties properties,
            MeterRegistry meters,
            IngestionStatus accessStatus) {
        IngestionTopic topic = new IngestionTopic(
                kafka.topic(ACCESS), kafka.topic(GROUP + ACCESS), properties.chunkRecords(), ACCESS_LINGER);
        return ingestion.loop(topic, new AccessHandler(meters), accessStatus);
    }

    // Nobody waits for access records; fewer, larger blocks cost less.
    private static final Duration ACCESS_LINGER = Duration.ofSeconds(2);
}
