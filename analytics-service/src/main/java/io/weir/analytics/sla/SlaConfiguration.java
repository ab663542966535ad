package io.weir.analytics.sla;

import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// Objectives and what became of them, as beans of their own.
@Configuration(proxyBeanMethods = false)
class SlaConfiguration {

    @Bean
    AvailabilityHours availabilityHours(TenantQuery query, BlockWriter writer) {
        return new AvailabilityHours(query, writer);
    }

    @Bean
    AvailabilityCount availabilityCount(
            AvailabilityHours hours,
            SlaProperties properties,
            RetentionProperties retention,
            Schema schema,
            Clock clock) {
        return new AvailabilityCount(
                hours, properties.every(), Duration.ofDays(retention.accessDays()), schema::isReady, clock);
    }

    @Bean
    RouterFunction<ServerResponse> slaRoute(
            AvailabilityHours hours,
            SlaProperties properties,
            SnapshotTable<TenantSnapshot> tenants,
            SnapshotTable<PlanSnapshot> plans,
            Clock clock) {
        return new SlaRoute(hours, properties, tenants, plans, clock).route();
    }
}
