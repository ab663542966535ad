package io.weir.orchestration.budget;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicSpec;
import io.weir.ledger.SpillNotice;
import io.weir.orchestration.budget.alert.AlertRelay;
import io.weir.orchestration.budget.lease.BudgetStore;
import io.weir.orchestration.budget.lease.Holder;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.R2dbcBudgetStore;
import io.weir.orchestration.budget.lease.R2dbcHolders;
import io.weir.orchestration.budget.recovery.LeaseRecovery;
import io.weir.orchestration.ledger.ProducerId;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
class BudgetConfiguration {

    @Bean
    BudgetStore budgetStore(TenantTransaction transaction) {
        return new R2dbcBudgetStore(transaction);
    }

    @Bean
    Holder budgetHolder(PlatformTransaction transaction, ProducerId producer, Clock clock, MeterRegistry registry) {
        return new Holder(new R2dbcHolders(transaction), producer.value(), clock, registry);
    }

    @Bean
    SpillNotice spillNotice(Holder holder) {
        return new SpillNotice() {
            @Override
            public Mono<Void> begin() {
                return holder.beginSpill();
            }

            @Override
            public Mono<Void> end() {
                return holder.endSpill();
            }

            @Override
            public Mono<Void> drained(String producer) {
                return holder.drained(producer);
            }

            @Override
            public Mono<Map<String, Instant>> spilling() {
                return holder.spilling();
            }
        };
    }

    @Bean
    Leases budgetLeases(BudgetStore store, Holder holder, Clock clock, MeterRegistry registry) {
        return new Leases(store, holder, clock, registry);
    }

    @Bean
    BudgetIndex budgetIndex(SnapshotReader snapshots) {
        return new BudgetIndex(snapshots.table(SnapshotTopic.BUDGETS));
    }

    @Bean
    Budgets budgets(BudgetIndex definitions, Leases leases, Clock clock, MeterRegistry registry) {
        return new Budgets(definitions, leases, clock, registry);
    }

    @Bean
    LeaseRecovery leaseRecovery(
            PlatformTransaction transaction, KafkaProperties kafka, Clock clock, MeterRegistry registry) {
        return new LeaseRecovery(transaction, kafka, clock, registry);
    }

    @Bean
    TopicSpec alertsTopic() {
        return TopicSpec.retained(AlertRelay.TOPIC, 3, Duration.ofDays(35));
    }

    @Bean
    AlertRelay budgetAlerts(PlatformTransaction transaction, KafkaProperties kafka, BudgetIndex definitions) {
        return new AlertRelay(transaction, kafka, definitions::find);
    }

    @Bean
    BudgetLifecycle budgetLifecycle(
            Leases leases, LeaseRecovery recovery, AlertRelay alerts, PlatformTransaction transaction) {
        return new BudgetLifecycle(leases, recovery, alerts, transaction);
    }

    @Bean
    RouterFunction<ServerResponse> budgetRoutes(BudgetIndex definitions, Leases leases, Clock clock) {
        return new BudgetRoutes(definitions, leases, clock).routes();
    }
}
