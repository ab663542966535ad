package io.weir.analytics.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.weir.analytics.LedgerEvents;
import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.analytics.metering.AcceptedGaps;
import io.weir.analytics.metering.IngestionTrace;
import io.weir.analytics.metering.LedgerGaps;
import io.weir.analytics.metering.OpenGap;
import io.weir.analytics.metering.UsageHandler;
import io.weir.analytics.metering.UsageListener;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.ledger.UsageRecord;
import io.weir.observability.kafka.TraceHeaders;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Kills the reader at every point of a chunk's life; whoever continues must neither lose nor repeat a row.
@Tag("infra")
class ChunkLoopIT {

    static {
        // Before threads wait that a later class of this JVM would have guarded under their hands.
        EventLoops.guard();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CALLS = 60;
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final String database = Infrastructure.freshName("chunks");
    private final KafkaProperties kafka =
            new KafkaProperties(Infrastructure.kafka(), Infrastructure.freshName("chunks") + ".", (short) 1, Map.of());
    private final String group = kafka.topic("analytics");
    private final ClickHouse clickHouse = new ClickHouse(new ClickHouseProperties(
            Infrastructure.clickhouse().url(),
            database,
            Infrastructure.clickhouse().user(),
            Infrastructure.clickhouse().password(),
            4,
            LIMIT,
            LIMIT,
            LIMIT));
    private final TenantQuery query = new TenantQuery(clickHouse);
    private final ChunkStore store = new ChunkStore(new BlockWriter(clickHouse), query);
    private final RecordSender sender = RecordSender.create(kafka, "chunks-test", Duration.ofSeconds(10));
    private final LedgerEvents ledger = new LedgerEvents(kafka, 1);
    private final TenantId tenant = new TenantId(UUID.randomUUID());
    private final LedgerGaps gaps = new LedgerGaps(new SimpleMeterRegistry());
    private long end = 2L * CALLS + 1;

    @BeforeEach
    void callsInTwoMonths() throws Exception {
        new Schema(clickHouse, RetentionProperties.DEFAULTS).start();
        ledger.createTopic(kafka);
        List<UsageRecord> calls = new ArrayList<>();
        for (int n = 0; n < CALLS; n++) {
            Instant time = n % 2 == 0 ? NOW : Instant.parse("2026-10-31T23:59:59.999Z");
            calls.add(LedgerEvents.held(tenant, "call-" + n, time));
            calls.add(LedgerEvents.settled(tenant, "call-" + n, time));
        }
        // A second settlement, to be dropped each time.
        calls.add(LedgerEvents.settled(tenant, "call-0", NOW));
        ledger.send(calls);
        Eventually.passes(LIMIT, () -> number("SELECT count() AS n FROM usage_requests"));
    }

    @AfterEach
    void drop() {
        ledger.close();
        sender.close();
        query.acrossTenants(new ForPlatform("test"), "DROP DATABASE " + database, Map.of(), row -> row)
                .block(LIMIT);
        clickHouse.close();
    }

    /// Where the process dies.
    enum Death {
        BEFORE_INSERTING {
            @Override
            List<RenderedChunk> stored(List<RenderedChunk> chunks) {
                return List.of();
            }
        },
        BETWEEN_TWO_BLOCKS {
            @Override
            List<RenderedChunk> stored(List<RenderedChunk> chunks) {
                return chunks.stream().map(Death::onlyOctobersAttempts).toList();
            }
        },
        BEFORE_COMMITTING {
            @Override
            List<RenderedChunk> stored(List<RenderedChunk> chunks) {
                return chunks;
            }
        };

        abstract List<RenderedChunk> stored(List<RenderedChunk> chunks);

        private static RenderedChunk onlyOctobersAttempts(RenderedChunk chunk) {
            List<RenderedRow> some = chunk.rendered().rows().stream()
                    .filter(row -> row.table().equals("usage_attempts")
                            && row.partition().equals("202610"))
                    .toList();
            return new RenderedChunk(chunk.chunk(), new Rendered(some, List.of(), () -> {}));
        }
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void theNextReaderRebuildsTheSameChunkByteForByte(Death death) {
        Map<String, byte[]> before = dieAt(death);
        Map<String, byte[]> after = readToTheEnd();
        assertThat(after.keySet()).containsAll(before.keySet());
        before.forEach(
                (bounds, bytes) -> assertThat(after.get(bounds)).as(bounds).isEqualTo(bytes));
        everythingIsThereOnce();
    }

    @Test
    void lostMetadataIsReplacedByAskingClickHouse() throws Exception {
        dieAt(Death.BETWEEN_TWO_BLOCKS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            TopicPartition only = new TopicPartition(kafka.topic("usage.v1"), 0);
            Eventually.passes(
                    LIMIT,
                    () -> admin.alterConsumerGroupOffsets(group, Map.of(only, new OffsetAndMetadata(0)))
                            .all()
                            .get(10, TimeUnit.SECONDS));
        }
        readToTheEnd();
        everythingIsThereOnce();
    }

    @Test
    void lostOffsetsAreReplacedByAskingClickHouse() throws Exception {
        readToTheEnd();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Eventually.passes(
                    LIMIT,
                    () -> admin.deleteConsumerGroups(List.of(group)).all().get(10, TimeUnit.SECONDS));
        }
        readToTheEnd();
        everythingIsThereOnce();
    }

    @Test
    void whatTheBrokerDeletedBeforeItWasReadIsNamed() throws Exception {
        ledger.send(numbered(0));
        end++;
        readToTheEnd();
        ledger.send(numbered(1), numbered(2), numbered(3));
        end += 3;
        TopicPartition only = new TopicPartition(kafka.topic("usage.v1"), 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(Map.of(only, RecordsToDelete.beforeOffset(end - 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
        }
        readToTheEnd();
        assertThat(gaps.all()).hasSize(1);
        assertThat(gaps.all().getFirst().text())
                .isEqualTo("events 1 to 2 of producer deleted, epoch 1, in partition 0");
    }

    private UsageRecord numbered(long number) {
        return LedgerEvents.numbered(LedgerEvents.held(tenant, "deleted-" + number, NOW), "deleted", number);
    }

    @Test
    void theSameChunkStoredAgainWithoutAskingChangesNothing() {
        ListedSink listed = new ListedSink();
        read(listed);
        List<RenderedChunk> certain = listed.chunks.stream()
                .map(one -> new RenderedChunk(
                        new Chunk(
                                one.chunk().log(),
                                one.chunk().partition(),
                                one.chunk().from(),
                                one.chunk().to(),
                                one.chunk().records(),
                                false),
                        one.rendered()))
                .toList();
        store.store(certain);
        everythingIsThereOnce();
    }

    @Test
    void whileClickHouseFailsTheSameIsTriedAgainUntilItHolds() {
        AtomicInteger tries = new AtomicInteger();
        ListedSink listed = new ListedSink() {
            @Override
            public void store(List<RenderedChunk> more) {
                if (tries.incrementAndGet() == 1) {
                    throw new IllegalStateException("away");
                }
                super.store(more);
                if (tries.get() == 2) {
                    throw new IllegalStateException("no answer, although all is stored");
                }
            }
        };
        read(listed);
        assertThat(tries.get()).isGreaterThan(2);
        everythingIsThereOnce();
    }

    private void everythingIsThereOnce() {
        assertThat(number("SELECT count() AS n FROM usage_requests")).isEqualTo(CALLS);
        assertThat(number("SELECT uniqExact(request_id) AS n FROM usage_requests"))
                .isEqualTo(CALLS);
        assertThat(number("SELECT count() AS n FROM usage_attempts")).isEqualTo(CALLS);
        assertThat(number("SELECT count() AS n FROM usage_holds")).isEqualTo(CALLS);
        assertThat(number("SELECT count() AS n FROM usage_dropped")).isOne();
    }

    /// What it was about to store, by bounds.
    private Map<String, byte[]> dieAt(Death death) {
        Map<String, byte[]> seen = new ConcurrentSkipListMap<>();
        ChunkSink deadly = new ChunkSink() {
            @Override
            public void store(List<RenderedChunk> chunks) {
                chunks.forEach(chunk -> seen.put(bounds(chunk.chunk()), bytes(chunk)));
                List<RenderedChunk> stored = death.stored(chunks);
                if (!stored.isEmpty()) {
                    store.store(stored);
                }
                throw new Killed();
            }

            @Override
            public long end(List<String> tables, String log, int partition) {
                return store.end(tables, log, partition);
            }
        };
        ChunkLoop loop = loop(deadly, 25);
        loop.start();
        Eventually.passes(LIMIT, () -> assertThat(loop.isRunning()).isFalse());
        assertThat(seen).isNotEmpty();
        return seen;
    }

    private Map<String, byte[]> readToTheEnd() {
        ListedSink listed = new ListedSink();
        read(listed);
        Map<String, byte[]> seen = new TreeMap<>();
        listed.chunks.forEach(chunk -> seen.put(bounds(chunk.chunk()), bytes(chunk)));
        return seen;
    }

    private void read(ListedSink listed) {
        // Another chunk size: the boundary counts, not the settings of whoever continues.
        ChunkLoop loop = loop(listed, 40);
        loop.start();
        Eventually.passes(LIMIT, () -> assertThat(listed.end()).isEqualTo(end));
        loop.stop();
    }

    private ChunkLoop loop(ChunkSink sink, int chunkRecords) {
        UsageHandler handler = new UsageHandler(
                query,
                new Nobody(),
                gaps,
                new AcceptedGaps(query, new BlockWriter(clickHouse), Clock.systemUTC()),
                new IngestionTrace(new TraceHeaders(Propagator.NOOP), Tracer.NOOP),
                new SimpleMeterRegistry(),
                Clock.systemUTC());
        return new ChunkLoop(
                kafka,
                new IngestionTopic(kafka.topic("usage.v1"), group, chunkRecords, Duration.ofMillis(50)),
                handler,
                sink,
                new DeadLetters(kafka.topic("usage.v1.dlt"), sender),
                new IngestionStatus("usage.v1", Clock.systemUTC(), new SimpleMeterRegistry()),
                StepListener.NONE,
                () -> true,
                Clock.systemUTC());
    }

    private static String bounds(Chunk chunk) {
        return "%06d-%06d".formatted(chunk.from(), chunk.to());
    }

    private static byte[] bytes(RenderedChunk chunk) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        chunk.rendered().rows().forEach(row -> {
            bytes.writeBytes((row.table() + row.partition()).getBytes(StandardCharsets.UTF_8));
            bytes.writeBytes(row.json());
        });
        return bytes.toByteArray();
    }

    private long number(String sql) {
        return Objects.requireNonNull(
                        query.acrossTenants(new ForPlatform("test"), sql, Map.of(), row -> row.integer("n"))
                                .block(LIMIT))
                .getFirst();
    }

    private class ListedSink implements ChunkSink {

        private final List<RenderedChunk> chunks = new CopyOnWriteArrayList<>();

        @Override
        public void store(List<RenderedChunk> more) {
            store.store(more);
            chunks.addAll(more);
        }

        @Override
        public long end(List<String> tables, String log, int partition) {
            return store.end(tables, log, partition);
        }

        long end() {
            return chunks.stream().mapToLong(chunk -> chunk.chunk().to()).max().orElse(0);
        }
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class Nobody implements UsageListener {
        @Override
        public void stored(int partition, UsageRecord usage) {}

        @Override
        public void dropped(int partition, UsageRecord usage) {}

        @Override
        public void missing(int partition, List<OpenGap> gaps) {}

        @Override
        public void assigned(List<Integer> partitions) {}

        @Override
        public void caughtUp(List<Integer> partitions) {}
    }
}
