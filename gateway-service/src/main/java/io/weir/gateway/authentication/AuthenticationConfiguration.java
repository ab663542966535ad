package io.weir.gateway.authentication;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.gateway.oidc.TokenVerifier;
import io.weir.security.Pepper;
import io.weir.security.Peppers;
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
            SnapshotTable<ApiKeySnapshot> keys, SnapshotTable<TenantSnapshot> tenants, Peppers peppers, Clock clock) {
        return new ApiKeyAuthentication(keys, tenants, peppers, clock);
    }

    // Read only where tokens are taken: else the topic need not be there.
    @Bean
    Memberships memberships(SnapshotReader snapshots, TokenVerifier verifier, Pepper pepper) {
        return verifier.isInUse()
                ? new Memberships(new MemberIndex(pepper), snapshots.table(SnapshotTopic.MEMBERS))
                : new Memberships(new MemberIndex(pepper), null);
    }

    @Bean
    CallerAuthentication callerAuthentication(
            ApiKeyAuthentication keys,
            TokenVerifier verifier,
            Memberships memberships,
            SnapshotTable<TenantSnapshot> tenants) {
        TenantIndex index = new TenantIndex(tenants);
        tenants.onChange(index::changed);
        PersonRights rights = new PersonRights(verifier, memberships.index(), index);
        return new CallerAuthentication(keys, new TokenAuthentication(verifier, rights, index, memberships::areReady));
    }

    @Bean
    OpenExchanges openExchanges(
            SnapshotTable<ApiKeySnapshot> keys,
            SnapshotTable<TenantSnapshot> tenants,
            CallerAuthentication authentication,
            Memberships memberships,
            Clock clock) {
        OpenExchanges exchanges = new OpenExchanges(authentication::reauthenticate, clock);
        keys.onChange(exchanges::keyChanged);
        tenants.onChange(exchanges::tenantChanged);
        memberships.onChange(exchanges::memberChanged);
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
