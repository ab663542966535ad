package io.weir.r2dbc.autoconfigure;

import io.weir.observability.HealthCheck;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.TenantTransaction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Mono;

/// Gives a service its database: migrated and audited at start, used through the two kinds of transaction.
@AutoConfiguration
@EnableConfigurationProperties(PostgresProperties.class)
public final class PostgresAutoConfiguration {

    @Bean
    PostgresPools postgresPools(PostgresProperties postgres) {
        return new PostgresPools(postgres);
    }

    @Bean
    TenantTransaction tenantTransaction(PostgresPools pools) {
        return pools.tenantTransaction();
    }

    @Bean
    PlatformTransaction platformTransaction(PostgresPools pools) {
        return pools.platformTransaction();
    }

    @Bean
    HealthCheck postgresHealth(PlatformTransaction platform) {
        return new HealthCheck() {
            @Override
            public String name() {
                return "postgres";
            }

            @Override
            public Mono<Void> check() {
                return platform.in(
                        "health check",
                        client -> client.sql("SELECT 1").fetch().rowsUpdated().then());
            }
        };
    }
}
