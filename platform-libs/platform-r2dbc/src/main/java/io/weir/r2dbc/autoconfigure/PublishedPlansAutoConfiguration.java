package io.weir.r2dbc.autoconfigure;

import io.weir.r2dbc.governance.PlanCatalogue;
import io.weir.r2dbc.governance.snapshots.PublishedPlans;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/// The limits of the plans from their snapshots, in services that read snapshots and do not own the plans.
@AutoConfiguration(
        afterName = "io.weir.snapshots.autoconfigure.SnapshotAutoConfiguration",
        before = GovernanceAutoConfiguration.class)
@ConditionalOnClass(SnapshotReader.class)
public final class PublishedPlansAutoConfiguration {

    @Bean
    @ConditionalOnBean(SnapshotReader.class)
    @ConditionalOnMissingBean
    PlanCatalogue publishedPlans(SnapshotReader snapshots, Clock clock) {
        return new PublishedPlans(snapshots.table(SnapshotTopic.PLANS), clock);
    }
}
