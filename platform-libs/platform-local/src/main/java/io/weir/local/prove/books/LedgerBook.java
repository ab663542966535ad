package io.weir.local.prove.books;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The ledger as its topic has it, read from its beginning. Not safe for use by several threads.
public final class LedgerBook implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration POLL = Duration.ofMillis(300);
    private static final String TYPES = "io.weir.usage.";

    private final KafkaConsumer<String, byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final LedgerContents contents;
    private final PrintWriter transcript;

    private LedgerBook(
            KafkaConsumer<String, byte[]> consumer,
            List<TopicPartition> partitions,
            LedgerContents contents,
            PrintWriter transcript) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.contents = contents;
        this.transcript = transcript;
    }

    /// @param caps to be followed, by tenant
    /// @param transcript a file that gets a line for each event, for whoever looks for the reason of a difference
    public static LedgerBook open(String broker, Map<String, CapWalk> caps, Path transcript) throws IOException {
        KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        String topic = "weir.usage.v1";
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        PrintWriter lines = new PrintWriter(Files.newBufferedWriter(transcript));
        return new LedgerBook(consumer, partitions, new LedgerContents(caps), lines);
    }

    /// Reads up to where the topic ends now.
    ///
    /// @param each hears of each round of reading
    public void catchUp(Runnable each) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
            consumer.poll(POLL).forEach(this::apply);
            each.run();
        }
    }

    private void apply(ConsumerRecord<String, byte[]> source) {
        JsonNode envelope = JSON.readTree(new String(source.value(), StandardCharsets.UTF_8));
        String type = envelope.path("type").asString("");
        JsonNode data = envelope.path("data");
        if (!type.startsWith(TYPES) || !data.has("requestId")) {
            return;
        }
        transcript.println(String.join(
                "\t",
                source.partition() + "/" + source.offset(),
                envelope.path("time").asString(),
                type.substring(TYPES.length()),
                data.path("tenantId").asString(),
                data.path("requestId").asString(),
                data.path("ceiling").asString("") + data.path("cost").asString(""),
                data.path("outcome").asString("") + data.path("reason").asString(""),
                envelope.path("producerid").asString() + "/" + envelope.path("producerepoch") + "/"
                        + envelope.path("producersequence"),
                data.path("renewal").asBoolean(false) ? "renewal" : "",
                data.has("debits") ? data.path("debits").toString() : ""));
        contents.apply(
                type.substring(TYPES.length()),
                data,
                Instant.parse(envelope.path("time").asString()));
    }

    /// What was read up to now.
    public LedgerContents contents() {
        return contents;
    }

    @Override
    public void close() {
        transcript.close();
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
    }
}
