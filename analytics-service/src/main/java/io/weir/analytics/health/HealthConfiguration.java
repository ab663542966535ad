package io.weir.analytics.health;

import io.weir.analytics.neighbour.HeldBack;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// Tenants' health as beans of its own.
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    @Bean
    RouterFunction<ServerResponse> healthRoute(
            @Qualifier("readers") TenantQuery query,
            HeldBack heldBack,
            SnapshotTable<TenantSnapshot> tenants,
            Clock clock) {
        return new HealthRoute(new HealthFigures(query), heldBack, tenants, clock).route();
    }
}
