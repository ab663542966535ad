package io.weir.r2dbc.autoconfigure;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.observability.HealthCheck;
import io.weir.observability.HealthCheckFailedException;
import io.weir.r2dbc.Admission;
import io.weir.r2dbc.PlatformScopeListener;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.ReadReplica;
import io.weir.r2dbc.Sites;
import io.weir.r2dbc.TenantTransaction;
import io.weir.r2dbc.TransactionLimits;
import io.weir.r2dbc.isolation.Finding;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
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
    TenantTransaction tenantTransaction(
            PostgresPools pools,
            ObjectProvider<Admission> admission,
            ObjectProvider<Sites> sites,
            ObjectProvider<TransactionLimits> limits,
            ObjectProvider<ReadReplica> replica) {
        return pools.tenantTransaction(
                admission.getIfAvailable(Admission::open),
                sites.getIfAvailable(() -> Sites.only(pools.home())),
                limits.getIfAvailable(TransactionLimits::none),
                replica.getIfAvailable(ReadReplica::none));
    }

    @Bean
    PlatformTransaction platformTransaction(PostgresPools pools, ObjectProvider<PlatformScopeListener> listeners) {
        return pools.platformTransaction(() -> listeners.orderedStream().toList());
    }

    // Reasons are constants of the code: there are as many series as there are kinds of platform work.
    @Bean
    PlatformScopeListener platformScopeMeter(ObjectProvider<MeterRegistry> registry) {
        return new PlatformScopeListener() {
            @Override
            public void used(String reason) {
                registry.ifAvailable(meters -> Counter.builder("weir.platform.transactions")
                        .description("transactions that cross tenants")
                        .tag("reason", reason)
                        .register(meters)
                        .increment());
            }
        };
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

    @Bean
    MeterBinder isolationMeters(PostgresPools pools) {
        return registry -> Gauge.builder(
                        "weir.isolation.findings", pools, all -> all.findings().size())
                .description("what is wrong with how the databases keep tenants apart")
                .register(registry);
    }

    @Bean
    HealthCheck isolationHealth(PostgresPools pools) {
        return new HealthCheck() {
            @Override
            public String name() {
                return "isolation";
            }

            @Override
            public Mono<Void> check() {
                return Mono.defer(() -> {
                    List<Finding> findings = pools.findings();
                    return findings.isEmpty()
                            ? Mono.empty()
                            : Mono.error(new HealthCheckFailedException(findings.size() + " findings, the first: "
                                    + findings.getFirst().rule()));
                });
            }
        };
    }
}
