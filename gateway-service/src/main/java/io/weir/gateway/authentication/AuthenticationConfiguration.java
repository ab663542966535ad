package io.weir.gateway.authentication;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.security.Pepper;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AuthenticationConfiguration {

    @Bean
    SnapshotTable<ApiKeySnapshot> apiKeys(SnapshotReader snapshots) {
        return snapshots.table(SnapshotTopic.API_KEYS);
    }

    @Bean
    SnapshotTable<TenantSnapshot> tenants(SnapshotReader snapshots) {
        return snapshots.table(SnapshotTopic.TENANTS);
    }

    @Bean
    ApiKeyAuthentication apiKeyAuthentication(
            SnapshotTable<ApiKeySnapshot> keys, SnapshotTable<TenantSnapshot> tenants, Pepper pepper, Clock clock) {
        return new ApiKeyAuthentication(keys, tenants, pepper, clock);
    }

    @Bean
    OpenExchanges openExchanges(
            SnapshotTable<ApiKeySnapshot> keys,
            SnapshotTable<TenantSnapshot> tenants,
            ApiKeyAuthentication authentication,
            Clock clock) {
        OpenExchanges exchanges = new OpenExchanges(authentication::reauthenticate, clock);
        keys.onChange(exchanges::keyChanged);
        tenants.onChange(exchanges::tenantChanged);
        return exchanges;
    }

    @Bean
    MeterBinder openExchangesMeter(OpenExchanges exchanges) {
        return registry -> Gauge.builder("gateway.exchanges.open", exchanges, OpenExchanges::size)
                .baseUnit("exchanges")
                .description("requests of known callers that run now, streams included")
                .register(registry);
    }
}
