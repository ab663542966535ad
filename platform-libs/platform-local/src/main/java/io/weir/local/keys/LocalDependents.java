package io.weir.local.keys;

import io.weir.local.platform.PlatformApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;

/// Asks the servers of a local platform that runs.
final class LocalDependents implements Dependents {

    private static final Map<String, List<String>> SNAPSHOTS = Map.of(
            "tenant",
                    List.of(
                            "weir.tenants.v1",
                            "weir.api-keys.v1",
                            "weir.plans.v1",
                            "weir.members.v1",
                            "weir.provider-keys.v1"),
            "billing", List.of("weir.price-books.v1", "weir.budgets.v1"),
            "analytics", List.of("weir.sealed-hours.v1", "weir.tenant-restrictions.v1"));
    private static final Duration POLL = Duration.ofMillis(200);

    private final JsonNode platform;

    /// @param platform what `platform.json` holds
    LocalDependents(JsonNode platform) {
        this.platform = platform;
    }

    @Override
    public long liveApiKeys(String pepper, boolean first) throws IOException {
        return count(
                "SELECT count(*) FROM api_key WHERE status = 'active' AND (expires_at IS NULL OR expires_at > now())"
                        + " AND (pepper_id = ? OR (pepper_id IS NULL AND ?))",
                statement -> {
                    statement.setString(1, pepper);
                    statement.setBoolean(2, first);
                });
    }

    @Override
    public long membersByEmail() throws IOException {
        return count(
                "SELECT count(*) FROM member_grant WHERE email_hash IS NOT NULL AND status = 'active'",
                statement -> {});
    }

    @FunctionalInterface
    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private long count(String sql, Binding binding) throws IOException {
        // postgresql://user:password@host:port/database
        String uri = platform.path("postgres").path("tenant").asString();
        String[] user =
                uri.substring(uri.indexOf("//") + 2, uri.lastIndexOf('@')).split(":", 2);
        String url = "jdbc:postgresql://" + uri.substring(uri.lastIndexOf('@') + 1);
        try (Connection connection = DriverManager.getConnection(url, user[0], user[1]);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException refused) {
            throw new IOException("cannot count what depends on the key: " + refused.getMessage(), refused);
        }
    }

    @Override
    public long snapshots(String owner, String key) {
        List<String> topics = SNAPSHOTS.getOrDefault(owner, List.of());
        if (topics.isEmpty()) {
            return 0;
        }
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                platform.path("kafka").asString(),
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            return newestSigners(consumer, topics).stream().filter(key::equals).count();
        }
    }

    private static Collection<String> newestSigners(KafkaConsumer<String, byte[]> consumer, List<String> topics) {
        List<TopicPartition> partitions = consumer.listTopics().entrySet().stream()
                .filter(topic -> topics.contains(topic.getKey()))
                .flatMap(topic -> topic.getValue().stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<String, String> signers = new HashMap<>();
        while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                note(signers, record);
            }
        }
        return signers.values();
    }

    private static void note(Map<String, String> signers, ConsumerRecord<String, byte[]> record) {
        String place = record.topic() + "\n" + record.key();
        Header signer = record.headers().lastHeader("weir-kid");
        if (record.value() == null || signer == null) {
            signers.remove(place);
        } else {
            signers.put(place, new String(signer.value(), StandardCharsets.US_ASCII));
        }
    }

    @Override
    public boolean signAnew(String owner) throws IOException, InterruptedException {
        if (!owner.equals("tenant")) {
            return false;
        }
        try (PlatformApi api = new PlatformApi(platform.path("gateway").asString())) {
            PlatformApi.Answer answer =
                    api.post("/api/tenants/republish", platform.path("adminKey").asString(), Map.of());
            if (!answer.succeeded()) {
                throw new IOException("republishing: status " + answer.status() + ", " + answer.body());
            }
            return true;
        }
    }
}
