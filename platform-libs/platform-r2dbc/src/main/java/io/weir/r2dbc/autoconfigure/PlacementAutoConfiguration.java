package io.weir.r2dbc.autoconfigure;

import io.weir.r2dbc.PlacedMigrations;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.Sites;
import io.weir.r2dbc.placement.PlacedSites;
import io.weir.r2dbc.placement.PlacementProperties;
import io.weir.r2dbc.placement.Placements;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.SiteMaker;
import io.weir.r2dbc.placement.SitePools;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// Gives a service with placed tables its sites. Without such tables every tenant is at home.
@AutoConfiguration(before = PostgresAutoConfiguration.class)
@Conditional(PlacementAutoConfiguration.PlacedTables.class)
@EnableConfigurationProperties(PlacementProperties.class)
public final class PlacementAutoConfiguration {

    static final class PlacedTables implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return PlacedMigrations.exist();
        }
    }

    @Bean
    SiteConnections siteConnections(PostgresProperties postgres) {
        return new SiteConnections(postgres);
    }

    @Bean
    SiteMaker siteMaker(SiteConnections connections, PostgresPools pools) {
        return new SiteMaker(connections, pools.proofKey());
    }

    @Bean
    Placements placements(SiteConnections connections, SiteMaker maker, PlacementProperties properties) {
        return new Placements(connections, maker, properties);
    }

    @Bean
    SitePools sitePools(SiteConnections connections, SiteMaker maker, PlacementProperties properties) {
        return new SitePools(connections, maker, properties);
    }

    @Bean
    Sites sites(PostgresPools home, PlatformTransaction platform, SitePools pools, PlacementProperties properties) {
        return new PlacedSites(home.home(), platform, pools, properties);
    }
}
