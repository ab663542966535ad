package io.weir.clickhouse.autoconfigure;

import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseHealthCheck;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// ClickHouse for a service: blocks in, queries out, and its health. The service says which schema it needs.
@AutoConfiguration
@EnableConfigurationProperties(ClickHouseProperties.class)
public final class ClickHouseAutoConfiguration {

    @Bean
    ClickHouse clickHouse(ClickHouseProperties properties) {
        return new ClickHouse(properties);
    }

    @Bean
    BlockWriter blockWriter(ClickHouse clickHouse) {
        return new BlockWriter(clickHouse);
    }

    @Bean
    TenantQuery tenantQuery(ClickHouse clickHouse) {
        return new TenantQuery(clickHouse);
    }

    @Bean
    ClickHouseHealthCheck clickHouseHealthCheck(ClickHouse clickHouse) {
        return new ClickHouseHealthCheck(clickHouse);
    }
}
