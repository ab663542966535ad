package io.weir.orchestration.decision;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DecisionProperties.class)
class DecisionConfiguration {

    @Bean
    DecisionTable decisionTable(TenantTransaction tenants) {
        return new DecisionTable(tenants);
    }

    @Bean
    DecisionLog decisionLog(DecisionTable table, DecisionProperties properties, MeterRegistry registry) {
        return new DecisionLog(table, properties, registry);
    }

    @Bean
    OldDecisions oldDecisions(PlatformTransaction platform, SnapshotReader snapshots, DecisionProperties properties) {
        return new OldDecisions(platform, snapshots.table(SnapshotTopic.TENANTS), properties);
    }

    @Bean
    RouterFunction<ServerResponse> decisions(
            DecisionTable table, SnapshotReader snapshots, DecisionProperties properties) {
        return new DecisionRoutes(table, snapshots.table(SnapshotTopic.TENANTS), properties).routes();
    }
}
