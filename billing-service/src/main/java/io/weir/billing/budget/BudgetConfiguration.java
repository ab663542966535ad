package io.weir.billing.budget;

import io.weir.audit.Audit;
import io.weir.billing.intake.SnapshotIntake;
import io.weir.kafka.TopicSpec;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
final class BudgetConfiguration {

    @Bean
    TopicSpec budgetsTopic() {
        return TopicSpec.compacted(SnapshotTopic.BUDGETS.suffix());
    }

    @Bean
    SnapshotIntake<TenantSnapshot> tenantBudgetIntake(
            SnapshotReader reader, PlatformTransaction transaction, SnapshotPublisher publisher, Audit audit) {
        TenantBudgets budgets = new TenantBudgets(new R2dbcBudgets(transaction, audit), publisher);
        return new SnapshotIntake<>(reader.table(SnapshotTopic.TENANTS), budgets::follow);
    }
}
