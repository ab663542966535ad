package io.weir.orchestration.lane;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.TopicSpec;
import io.weir.orchestration.budget.lease.LiveHolders;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LaneProperties.class)
class LaneConfiguration {

    // Where the setting says nothing.
    private static final int CONNECTIONS = 1000;

    @Bean
    TenantShares tenantShares(SnapshotReader snapshots, Clock clock, MeterRegistry registry) {
        TenantShares shares = new TenantShares(clock);
        Restrictions.follow(snapshots.table(SnapshotTopic.TENANT_RESTRICTIONS), shares);
        registry.gauge("weir.lane.restricted", shares, TenantShares::count);
        return shares;
    }

    @Bean
    Lanes lanes(LaneProperties properties, Environment environment, TenantShares shares, MeterRegistry registry) {
        return new Lanes(
                properties,
                limits(environment),
                shares,
                environment.getProperty("weir.upstream.max-connections", Integer.class, CONNECTIONS),
                registry,
                System::nanoTime,
                Schedulers.parallel());
    }

    /// `weir.providers.<name>.requests-per-minute` and `.tokens-per-minute`.
    static Map<String, Limits> limits(Environment environment) {
        return Binder.get(environment)
                .bind("weir.providers", Bindable.mapOf(String.class, Limits.class))
                .orElse(Map.of());
    }

    @Bean
    Lateness lateness(MeterRegistry registry) {
        return new Lateness(Schedulers.parallel(), registry);
    }

    @Bean
    FairUse fairUse(
            Lanes lanes, LaneProperties properties, TenantShares shares, Lateness lateness, MeterRegistry registry) {
        return new FairUse(
                lanes,
                new Occupancy(properties, shares, lateness::nanos, registry),
                new TenantTokens(lanes::instances, System::nanoTime, registry));
    }

    /// So that this service is ready also where nobody has decided anything yet.
    @Bean
    TopicSpec tenantRestrictionsTopic() {
        return TopicSpec.compacted(SnapshotTopic.TENANT_RESTRICTIONS.suffix());
    }

    @Bean
    LiveInstances liveInstances(PlatformTransaction transaction, Lanes lanes) {
        return new LiveInstances(new LiveHolders(transaction), lanes::sharedBy);
    }
}
