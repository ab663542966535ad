package io.weir.analytics.neighbour;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.ingestion.Schema;
import io.weir.audit.journal.AuditJournal;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TopicSpec;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// Noisy-neighbour control as beans of its own.
@Configuration(proxyBeanMethods = false)
class NeighbourConfiguration {

    private static final String ALERTS = "neighbour-alerts";
    private static final Duration DELIVERY = Duration.ofSeconds(5);

    @Bean
    TopicSpec tenantRestrictionsTopic() {
        return TopicSpec.compacted(SnapshotTopic.TENANT_RESTRICTIONS.suffix());
    }

    @Bean(defaultCandidate = false)
    @Qualifier(ALERTS)
    RecordSender neighbourAlertSender(KafkaProperties kafka) {
        return RecordSender.create(kafka, "analytics-neighbour-alerts", DELIVERY);
    }

    @Bean
    NeighbourMeters neighbourMeters(MeterRegistry registry) {
        return new NeighbourMeters(registry);
    }

    @Bean
    Cases neighbourCases(TenantQuery query, BlockWriter writer) {
        return new Cases(query, writer);
    }

    @Bean
    HeldBack heldBack(Cases cases) {
        return new HeldBack(cases);
    }

    @Bean
    Decisions neighbourDecisions(
            Cases cases,
            AuditJournal audit,
            SnapshotPublisher publisher,
            @Qualifier(ALERTS) RecordSender sender,
            KafkaProperties kafka,
            NeighbourMeters meters) {
        return new Decisions(cases, audit, publisher, sender, kafka, meters);
    }

    @Bean
    NeighbourWatch neighbourWatch(
            KafkaProperties kafka,
            NeighbourProperties properties,
            TenantQuery query,
            Cases cases,
            Decisions decisions,
            SnapshotTable<TenantSnapshot> tenants,
            Schema schema,
            NeighbourMeters meters,
            Clock clock) {
        Rounds rounds = new Rounds(properties, new Windows(query), cases, decisions, tenants, meters);
        String topic = kafka.topic(SnapshotTopic.TENANT_RESTRICTIONS.suffix());
        return new NeighbourWatch(kafka, topic, properties.step(), rounds, schema::isReady, meters, clock);
    }

    @Bean
    RouterFunction<ServerResponse> neighboursRoute(
            NeighbourProperties properties,
            Cases cases,
            Decisions decisions,
            SnapshotTable<TenantSnapshot> tenants,
            Clock clock) {
        return new NeighboursRoute(properties, cases, decisions, tenants, clock).route();
    }
}
