package io.weir.billing.budget;

import io.weir.audit.Audit;
import io.weir.billing.intake.SnapshotIntake;
import io.weir.kafka.TopicSpec;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.PassportIssuer;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
final class BudgetConfiguration {

    @Bean
    TopicSpec budgetsTopic() {
        return TopicSpec.compacted(SnapshotTopic.BUDGETS.suffix());
    }

    @Bean
    R2dbcBudgets budgets(PlatformTransaction transaction, Audit audit) {
        return new R2dbcBudgets(transaction, audit);
    }

    @Bean
    R2dbcPublications budgetPublications(PlatformTransaction transaction) {
        return new R2dbcPublications(transaction);
    }

    @Bean
    TenantBudgets tenantBudgets(R2dbcBudgets budgets, R2dbcPublications publications, SnapshotPublisher publisher) {
        return new TenantBudgets(budgets, publications, publisher);
    }

    @Bean
    BudgetRelay budgetRelay(R2dbcPublications publications, TenantBudgets budgets) {
        return new BudgetRelay(publications, budgets);
    }

    @Bean
    SnapshotIntake<TenantSnapshot> tenantBudgetIntake(SnapshotReader reader, TenantBudgets budgets) {
        return new SnapshotIntake<>(reader.table(SnapshotTopic.TENANTS), budgets::follow);
    }

    @Bean
    RouterFunction<ServerResponse> budgetRoutes(
            R2dbcBudgets budgets,
            TenantBudgets publication,
            SnapshotReader reader,
            PassportIssuer passports,
            JsonMapper json,
            @Value("${weir.services.orchestration:#{null}}") @Nullable URI orchestration) {
        SnapshotTable<TenantSnapshot> tenants = reader.table(SnapshotTopic.TENANTS);
        LiveBudgets live = new LiveBudgets(orchestration, passports, tenants);
        return new BudgetRoutes(budgets, publication, live, tenants, json).routes();
    }
}
