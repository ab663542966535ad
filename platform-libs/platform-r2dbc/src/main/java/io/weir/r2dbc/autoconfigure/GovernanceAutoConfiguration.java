package io.weir.r2dbc.autoconfigure;

import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.governance.FairAdmission;
import io.weir.r2dbc.governance.GovernanceMeters;
import io.weir.r2dbc.governance.GovernanceProperties;
import io.weir.r2dbc.governance.MonitoredReplica;
import io.weir.r2dbc.governance.PlanCatalogue;
import io.weir.r2dbc.governance.ReplicaProperties;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// Shares a service's database fairly between tenants, by the plans that the service knows, else as delivered.
@AutoConfiguration(before = PostgresAutoConfiguration.class)
@EnableConfigurationProperties({PostgresProperties.class, GovernanceProperties.class, ReplicaProperties.class})
public final class GovernanceAutoConfiguration {

    @Bean
    FairAdmission fairAdmission(
            GovernanceProperties rules, PostgresProperties postgres, ObjectProvider<PlanCatalogue> plans) {
        return new FairAdmission(
                rules,
                plans.getIfAvailable(PlanCatalogue::delivered),
                postgres.pool().maxSize());
    }

    @Bean
    @ConditionalOnProperty("weir.postgres.replica.host")
    MonitoredReplica monitoredReplica(
            PostgresProperties postgres, ReplicaProperties replica, PlatformTransaction platform) {
        String host = Objects.requireNonNull(replica.host());
        return new MonitoredReplica(postgres, host, replica.port(), replica.maxLag(), platform);
    }

    @Bean
    GovernanceMeters governanceMeters(FairAdmission admission) {
        return new GovernanceMeters(admission);
    }
}
