package io.weir.analytics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.weir.analytics.attempts.AttemptsRoute;
import io.weir.analytics.call.UsageStoreAway;
import io.weir.analytics.explorer.ExplorerRoute;
import io.weir.analytics.forecast.ForecastRoute;
import io.weir.analytics.ingestion.Schema;
import io.weir.analytics.metering.AcceptedGaps;
import io.weir.analytics.metering.LedgerGaps;
import io.weir.analytics.requests.RequestsRoute;
import io.weir.analytics.savings.SavingsRoute;
import io.weir.analytics.sealing.CatchUp;
import io.weir.analytics.sealing.HourSealing;
import io.weir.analytics.sealing.SealRoute;
import io.weir.analytics.sealing.UnsealedHours;
import io.weir.analytics.summary.SummaryRoute;
import io.weir.analytics.upkeep.DeadLetterReplay;
import io.weir.analytics.upkeep.GapsRoute;
import io.weir.analytics.upkeep.ReplayRoute;
import io.weir.analytics.usage.UsageRoute;
import io.weir.audit.journal.AuditJournal;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TopicSpec;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.core.StreamWriteFeature;

/// What is given out: sealed hours, and answers to tenants.
@Configuration(proxyBeanMethods = false)
class AnswerConfiguration {

    /// Marks what questions of readers go through.
    public static final String READERS = "readers";

    /// Amounts are JSON numbers in some answers, never in exponent form.
    @Bean
    JsonMapperBuilderCustomizer plainDecimals() {
        return builder -> builder.enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN);
    }

    // Their own connections and threads: who asks much holds up neither ingestion nor sealing.
    @Bean(defaultCandidate = false)
    @Qualifier(READERS)
    ClickHouse readersClickHouse(ClickHouseProperties properties, ReadersProperties readers) {
        return ClickHouse.forReaders(
                properties,
                readers.connections(),
                readers.waiting(),
                readers.memory().toBytes());
    }

    @Bean(defaultCandidate = false)
    @Qualifier(READERS)
    TenantQuery readersQuery(@Qualifier(READERS) ClickHouse clickHouse) {
        return new TenantQuery(clickHouse);
    }

    @Bean
    TopicSpec sealedHoursTopic() {
        return TopicSpec.compacted(SnapshotTopic.SEALED_HOURS.suffix());
    }

    @Bean
    UnsealedHours unsealedHours(AnalyticsProperties properties, MeterRegistry meters, Clock clock) {
        UnsealedHours unsealed = new UnsealedHours(properties.sealGrace(), properties.producerSilence(), clock);
        TimeGauge.builder(
                        "weir.analytics.sealing.wait",
                        unsealed,
                        TimeUnit.MILLISECONDS,
                        hours -> hours.oldestWait().toMillis())
                .description("how long ago the oldest hour that is not sealed ended")
                .register(meters);
        return unsealed;
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
    RouterFunction<ServerResponse> sealRoute(CatchUp catchUp, HourSealing sealing, AuditJournal audit, Clock clock) {
        return new SealRoute(catchUp, sealing, audit, clock).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> summaryRoute(@Qualifier(READERS) TenantQuery query, Clock clock) {
        return new SummaryRoute(query, clock).route().filter(UsageStoreAway::say);
    }

    @Bean
    SnapshotTable<TenantSnapshot> tenants(SnapshotReader reader) {
        return reader.table(SnapshotTopic.TENANTS);
    }

    @Bean
    RouterFunction<ServerResponse> explorerRoute(
            @Qualifier(READERS) TenantQuery query, SnapshotTable<TenantSnapshot> tenants, Clock clock) {
        return new ExplorerRoute(query, tenants, clock).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> savingsRoute(
            @Qualifier(READERS) TenantQuery query, SnapshotTable<TenantSnapshot> tenants, Clock clock) {
        return new SavingsRoute(query, tenants, clock).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> forecastRoute(
            @Qualifier(READERS) TenantQuery query, SnapshotTable<TenantSnapshot> tenants, Clock clock) {
        return new ForecastRoute(query, tenants, clock).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> requestsRoute(
            @Qualifier(READERS) TenantQuery query, SnapshotTable<TenantSnapshot> tenants, Clock clock) {
        return new RequestsRoute(query, tenants, clock).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> attemptsRoute(@Qualifier(READERS) TenantQuery query) {
        return new AttemptsRoute(query).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> gapsRoute(LedgerGaps gaps, AcceptedGaps accepted, AuditJournal audit) {
        return new GapsRoute(gaps, accepted, audit).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> replayRoute(
            KafkaProperties kafka,
            RecordSender refusedUsageSender,
            TenantQuery query,
            BlockWriter writer,
            AuditJournal audit,
            Clock clock) {
        DeadLetterReplay replay = new DeadLetterReplay(
                kafka,
                kafka.topic(AnalyticsConfiguration.USAGE),
                kafka.topic(AnalyticsConfiguration.REFUSED),
                refusedUsageSender,
                query,
                writer,
                clock);
        return new ReplayRoute(replay, audit).route().filter(UsageStoreAway::say);
    }

    @Bean
    RouterFunction<ServerResponse> usageRoute(@Qualifier(READERS) TenantQuery query, Clock clock) {
        return new UsageRoute(query, clock).route().filter(UsageStoreAway::say);
    }
}
