package io.weir.analytics.proof;

import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.kafka.KafkaProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Where a proof takes place.
///
/// @param prefix of its topics
/// @param database its own
/// @param directory its own, empty
public record Ground(
        String broker,
        String prefix,
        String clickHouseUrl,
        String database,
        String user,
        String password,
        Path directory) {

    static final int PARTITIONS = 3;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    KafkaProperties kafka(Map<String, String> client) {
        return new KafkaProperties(broker, prefix, (short) 1, client);
    }

    ClickHouse clickHouse() {
        return new ClickHouse(
                new ClickHouseProperties(clickHouseUrl, database, user, password, 4, LIMIT, LIMIT, LIMIT));
    }

    String usage() {
        return prefix + "usage.v1";
    }

    String group() {
        return prefix + "analytics.usage.v1";
    }

    Path signingKeys() {
        return directory.resolve("secret");
    }

    /// As [#of] reads it.
    List<String> arguments() {
        return List.of(broker, prefix, clickHouseUrl, database, user, directory.toString());
    }

    static Ground of(List<String> arguments, String password) {
        return new Ground(
                arguments.get(0),
                arguments.get(1),
                arguments.get(2),
                arguments.get(3),
                arguments.get(4),
                password,
                Path.of(arguments.get(5)));
    }
}
