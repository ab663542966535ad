package io.weir.orchestration.budget;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class BudgetConfiguration {

    @Bean
    BudgetLedger budgetLedger(TenantTransaction transaction) {
        return new R2dbcBudgetLedger(transaction);
    }

    @Bean
    BudgetResolution budgetResolution(BudgetLedger budgets, MeterRegistry registry) {
        return new BudgetResolution(budgets, registry);
    }

    @Bean
    Budgets budgets(
            SnapshotReader snapshots,
            BudgetLedger ledger,
            BudgetResolution resolution,
            Clock clock,
            MeterRegistry registry) {
        return new Budgets(snapshots.table(SnapshotTopic.BUDGETS), ledger, resolution, clock, registry);
    }
}
