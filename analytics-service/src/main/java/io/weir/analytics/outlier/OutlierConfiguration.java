package io.weir.analytics.outlier;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.ingestion.Schema;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Figures of tenants that stand out, as beans of their own.
@Configuration(proxyBeanMethods = false)
class OutlierConfiguration {

    @Bean
    SnapshotTable<PlanSnapshot> plans(SnapshotReader reader) {
        return reader.table(SnapshotTopic.PLANS);
    }

    @Bean
    OutlierWatch outlierWatch(
            OutlierProperties properties,
            TenantQuery query,
            SnapshotTable<TenantSnapshot> tenants,
            SnapshotTable<PlanSnapshot> plans,
            Schema schema,
            MeterRegistry registry,
            Clock clock) {
        return new OutlierWatch(
                properties,
                new TenantFigures(query),
                new Revenue(tenants::find, plans::find),
                new OutlierMeters(registry),
                schema::isReady,
                clock);
    }
}
