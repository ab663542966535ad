package io.weir.tenant.placement;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.placement.PlacementProperties;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.move.Moves;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The moves of this service's tenants, driven by each of its processes.
@Configuration(proxyBeanMethods = false)
class PlacementConfiguration {

    @Bean
    Moves moves(
            SiteConnections connections, PlacementProperties properties, PostgresPools pools, MovedTenants announcer) {
        return new Moves(connections, properties, pools.proofKey(), announcer);
    }

    @Bean
    PlacementLifecycle placementLifecycle(SiteConnections connections, Moves moves, BridgeCapacity capacity) {
        return new PlacementLifecycle(connections, moves, capacity);
    }

    @Bean
    MeterBinder bridgeMeters(BridgeCapacity capacity) {
        return registry -> {
            Gauge.builder("weir.placement.bridge.used", capacity, BridgeCapacity::used)
                    .description("schemas of tenants in all bridge databases")
                    .register(registry);
            Gauge.builder("weir.placement.bridge.room", capacity, BridgeCapacity::room)
                    .description("schemas of tenants that the open bridge databases still take")
                    .register(registry);
        };
    }
}
