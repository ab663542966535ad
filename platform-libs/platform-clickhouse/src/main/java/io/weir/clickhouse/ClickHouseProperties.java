package io.weir.clickhouse;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where ClickHouse is and how long it may take.
///
/// @param url of its HTTP interface
/// @param database that holds our tables; created when it is missing
/// @param connections opened at most, which is also how many statements run at once
/// @param queryTimeout after which a query is given up, on both sides
/// @param insertTimeout after which a block counts as not inserted, and is tried again
@ConfigurationProperties("weir.clickhouse")
public record ClickHouseProperties(
        String url,
        @DefaultValue("weir") String database,
        @DefaultValue("default") String username,
        @DefaultValue("") String password,
        @DefaultValue("8") int connections,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("10s") Duration queryTimeout,
        @DefaultValue("30s") Duration insertTimeout) {

    public ClickHouseProperties {
        if (!database.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException(
                    "weir.clickhouse.database: '" + database + "' (expected: letters, digits and underscores)");
        }
        if (connections < 1) {
            throw new IllegalArgumentException("weir.clickhouse.connections: " + connections + " (expected: >= 1)");
        }
    }

    // The password stays out of logs.
    @Override
    public String toString() {
        return "ClickHouseProperties[" + url + ", database=" + database + ", username=" + username + "]";
    }
}
