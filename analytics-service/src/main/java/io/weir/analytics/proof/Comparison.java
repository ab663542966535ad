package io.weir.analytics.proof;

import io.weir.clickhouse.Row;
import io.weir.clickhouse.RowMapper;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// ClickHouse beside Kafka, row for row, without `FINAL`: a row that is there twice counts twice. And what was sealed
/// beside what must have been.
final class Comparison {

    private static final ForPlatform SCOPE = new ForPlatform("a proof compares all rows");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final String PLACE = "toString(kafka_partition), '/', toString(kafka_offset), ' ', ";

    private final Ground ground;
    private final TenantQuery query;

    Comparison(Ground ground, TenantQuery query) {
        this.ground = ground;
        this.query = query;
    }

    /// @param kafka rows that there must be
    /// @param clickHouse rows that there are
    /// @param missing in ClickHouse
    /// @param doubled in ClickHouse once too often
    /// @param unexplained in ClickHouse, and nothing in Kafka makes them
    /// @param hours of tenants that must be sealed
    /// @param hoursWrong not sealed, or not as the raw records add up, or by versions that contradict each other
    record Found(
            long records,
            Map<String, Integer> kafka,
            Map<String, Integer> clickHouse,
            long missing,
            long doubled,
            long unexplained,
            int hours,
            int hoursWrong) {

        boolean equal() {
            return missing == 0 && doubled == 0 && unexplained == 0 && hoursWrong == 0 && records > 0;
        }
    }

    Found compare() {
        Truth truth = new Truth();
        read(ground.usage(), truth::add);
        Map<String, Integer> expected = new LinkedHashMap<>();
        Map<String, Integer> there = new LinkedHashMap<>();
        long missing = 0;
        long doubled = 0;
        long unexplained = 0;
        Map<String, List<String>> stored = stored();
        for (Map.Entry<String, List<String>> table : stored.entrySet()) {
            List<String> must = truth.rows().getOrDefault(table.getKey(), List.of());
            Set<String> once = new HashSet<>(must);
            Set<String> found = new HashSet<>();
            expected.put(table.getKey(), must.size());
            there.put(table.getKey(), table.getValue().size());
            for (String row : table.getValue()) {
                doubled += found.add(row) ? 0 : 1;
                unexplained += once.contains(row) ? 0 : 1;
            }
            missing += must.stream().filter(row -> !found.contains(row)).count();
        }
        int wrong = hoursWrong(truth);
        return new Found(
                truth.records(),
                expected,
                there,
                missing,
                doubled,
                unexplained,
                truth.hours().size(),
                wrong);
    }

    private Map<String, List<String>> stored() {
        Map<String, List<String>> stored = new TreeMap<>();
        stored.put(
                "usage_requests",
                rows("SELECT concat(" + PLACE + "request_id) AS head, cost FROM usage_requests", withCost()));
        stored.put(
                "usage_attempts",
                rows(
                        "SELECT concat(" + PLACE
                                + "request_id, ' ', toString(attempt)) AS head, cost FROM usage_attempts",
                        withCost()));
        stored.put(
                "usage_outcomes",
                rows(
                        "SELECT concat(" + PLACE + "kind, ' ', toString(seq)) AS head, cost FROM usage_outcomes",
                        withCost()));
        stored.put(
                "usage_holds",
                rows(
                        "SELECT concat(" + PLACE + "kind, ' ', request_id) AS head FROM usage_holds",
                        row -> row.text("head")));
        stored.put(
                "usage_dropped",
                rows("SELECT concat(" + PLACE + "reason) AS head FROM usage_dropped", row -> row.text("head")));
        return stored;
    }

    private static RowMapper<String> withCost() {
        return (Row row) -> row.text("head") + " " + row.amount("cost");
    }

    private List<String> rows(String sql, RowMapper<String> mapper) {
        return Objects.requireNonNull(
                query.acrossTenants(SCOPE, sql, Map.of(), mapper).block(LIMIT));
    }

    /// How many hours are not sealed as the raw records add up.
    int hoursWrong() {
        Truth truth = new Truth();
        read(ground.usage(), truth::add);
        return hoursWrong(truth);
    }

    private int hoursWrong(Truth truth) {
        Map<String, SealedHour> last = new HashMap<>();
        Map<String, SealedHour> versions = new HashMap<>();
        Set<String> wrong = new HashSet<>();
        read(ground.kafka(Map.of()).topic("sealed-hours.v1"), record -> {
            SealedHour sealed = SnapshotJson.read(record.value(), SealedHour.class);
            SealedHour same = versions.put(sealed.key() + "#" + sealed.version(), sealed);
            if (same != null && !same.equals(sealed)) {
                wrong.add(sealed.key());
            }
            last.merge(sealed.key(), sealed, (one, two) -> two.version() >= one.version() ? two : one);
        });
        truth.hours().forEach((key, hour) -> {
            if (!isAs(last.get(key), hour)) {
                wrong.add(key);
            }
        });
        last.keySet().stream().filter(key -> !truth.hours().containsKey(key)).forEach(wrong::add);
        return wrong.size();
    }

    private static boolean isAs(@Nullable SealedHour sealed, Truth.Hour hour) {
        return sealed != null
                && !sealed.open()
                && sealed.rows() == hour.attempts()
                && sealed.billableCalls() == hour.billable()
                && sealed.totals().size() == hour.totals().size()
                && Set.copyOf(sealed.totals()).equals(hour.totals());
    }

    /// Everything that the topic holds now, each partition in its order.
    private void read(String topic, Consumer<ConsumerRecord<String, byte[]>> reader) {
        Map<String, Object> settings = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, ground.broker());
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(POLL).forEach(reader);
            }
        }
    }
}
