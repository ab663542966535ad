package io.weir.analytics.upkeep;

import io.weir.analytics.ingestion.DeadLetters;
import io.weir.analytics.metering.LedgerRecords;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/// Sends refused records to the ledger again, unchanged, to the partition where they stood: those that this version
/// takes, each once. Should a crash make it twice, the record's identity keeps it from counting twice.
public final class DeadLetterReplay {

    private static final ForPlatform SCOPE = new ForPlatform("a replay asks what was replayed before");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int AT_ONCE = 500;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final KafkaProperties kafka;
    private final String ledger;
    private final String letters;
    private final RecordSender sender;
    private final TenantQuery query;
    private final BlockWriter writer;
    private final InstantSource clock;

    /// @param ledger full name of the topic whose records were refused
    /// @param letters full name of the topic that holds them
    public DeadLetterReplay(
            KafkaProperties kafka,
            String ledger,
            String letters,
            RecordSender sender,
            TenantQuery query,
            BlockWriter writer,
            InstantSource clock) {
        this.kafka = kafka;
        this.ledger = ledger;
        this.letters = letters;
        this.sender = sender;
        this.query = query;
        this.writer = writer;
        this.clock = clock;
    }

    /// What a replay did.
    ///
    /// @param letters refused records that are kept
    /// @param replayed sent again now
    /// @param before sent again by an earlier replay
    /// @param refused that this version refuses, too
    record Done(int letters, int replayed, int before, int refused) {}

    private record Letter(String source, int partition, ConsumerRecord<String, byte[]> record) {}

    /// Fails with `KafkaException` or `ClickHouseException` when these do not answer; it can then be repeated.
    Mono<Done> run() {
        return Mono.fromCallable(this::read)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(this::sendAgain)
                .timeout(LIMIT);
    }

    private Mono<Done> sendAgain(List<Letter> all) {
        List<Letter> taken = all.stream()
                .filter(letter -> LedgerRecords.isAccepted(letter.record()))
                .toList();
        return Flux.fromIterable(taken)
                .buffer(AT_ONCE)
                .concatMap(this::sendNew)
                .reduce(0, Integer::sum)
                .map(sent -> new Done(all.size(), sent, taken.size() - sent, all.size() - taken.size()));
    }

    private Mono<Integer> sendNew(List<Letter> some) {
        List<String> sources = some.stream().map(Letter::source).toList();
        return query.acrossTenants(
                        SCOPE,
                        "SELECT DISTINCT source FROM dead_letters_replayed WHERE source IN {sources:Array(String)}",
                        Map.of("sources", sources),
                        row -> row.text("source"))
                .map(Set::copyOf)
                .flatMap(before -> {
                    List<Letter> fresh = some.stream()
                            .filter(letter -> !before.contains(letter.source()))
                            .toList();
                    return Flux.fromIterable(fresh)
                            .concatMap(letter -> sender.send(again(letter)))
                            .then(fresh.isEmpty() ? Mono.empty() : remember(fresh))
                            .thenReturn(fresh.size());
                });
    }

    private ProducerRecord<String, byte[]> again(Letter letter) {
        ConsumerRecord<String, byte[]> source = letter.record();
        ProducerRecord<String, byte[]> again =
                new ProducerRecord<>(ledger, letter.partition(), source.key(), source.value());
        for (Header header : source.headers()) {
            if (!header.key().startsWith("weir-")) {
                again.headers().add(header);
            }
        }
        again.headers().add(DeadLetters.REPLAYED, letter.source().getBytes(StandardCharsets.UTF_8));
        return again;
    }

    private Mono<Void> remember(List<Letter> sent) {
        StringBuilder lines = new StringBuilder();
        for (Letter letter : sent) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("source", letter.source());
            row.put("replayed_at", clock.instant().toString());
            lines.append(JSON.writeValueAsString(row)).append('\n');
        }
        String token =
                "replayed/" + sent.getFirst().source() + "/" + sent.getLast().source() + "/" + sent.size();
        return writer.write(new Block(
                "dead_letters_replayed", lines.toString().getBytes(StandardCharsets.UTF_8), sent.size(), token));
    }

    // Each once, although a crash may have put it there twice.
    private List<Letter> read() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        Map<String, Letter> all = new LinkedHashMap<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(letters).stream()
                    .map(partition -> new TopicPartition(letters, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(POLL).forEach(record -> add(all, record));
            }
        }
        return List.copyOf(all.values());
    }

    private static void add(Map<String, Letter> all, ConsumerRecord<String, byte[]> record) {
        Header header = record.headers().lastHeader(DeadLetters.SOURCE);
        if (header != null) {
            // topic/partition/offset
            String source = new String(header.value(), StandardCharsets.UTF_8);
            String[] place = source.split("/", -1);
            all.putIfAbsent(source, new Letter(source, Integer.parseInt(place[1]), record));
        }
    }
}
