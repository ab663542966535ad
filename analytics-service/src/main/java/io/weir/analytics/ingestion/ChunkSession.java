package io.weir.analytics.ingestion;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One membership in the consumer group: reads, cuts chunks, makes each boundary durable, stores, commits.
///
/// Order of a chunk `[a, b)`: commit `a` with `b` in its metadata; insert; send refusals; commit `b`. Whoever continues
/// after a crash finds `b` and cuts the same chunk, which the tokens then keep from being inserted twice. Commits are
/// fenced by the group's generation: a member that lost its partitions cannot commit, and ends. Confined to one thread.
final class ChunkSession implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkSession.class);
    private static final Duration IDLE_POLL = Duration.ofMillis(200);
    private static final Duration RETRY_POLL = Duration.ofMillis(500);
    private static final Duration BROKER_LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_AT_ENDS_EVERY = 1_000;

    private final Consumer<String, byte[]> consumer;
    private final String log;
    private final IngestionTopic topic;
    private final ChunkHandler handler;
    private final ChunkSink sink;
    private final DeadLetters deadLetters;
    private final IngestionStatus status;
    private final StepListener steps;
    private final InstantSource clock;

    private final Map<TopicPartition, Assembly> assemblies = new HashMap<>();
    private final Map<TopicPartition, Long> stored = new HashMap<>();
    private final Map<TopicPartition, String> memories = new HashMap<>();
    private final Map<TopicPartition, Chunk> open = new LinkedHashMap<>();
    private final Map<TopicPartition, RenderedChunk> rendered = new LinkedHashMap<>();
    private long collectedSince;
    private long endsSeenAt;
    private boolean boundariesDurable;

    ChunkSession(
            Consumer<String, byte[]> consumer,
            String log,
            IngestionTopic topic,
            ChunkHandler handler,
            ChunkSink sink,
            DeadLetters deadLetters,
            IngestionStatus status,
            StepListener steps,
            InstantSource clock) {
        this.consumer = consumer;
        this.log = log;
        this.topic = topic;
        this.handler = handler;
        this.sink = sink;
        this.deadLetters = deadLetters;
        this.status = status;
        this.steps = steps;
        this.clock = clock;
    }

    void join() {
        consumer.subscribe(List.of(topic.name()), this);
    }

    /// One round. Throws when this membership is over; everything is then read again from the committed offsets.
    void step() {
        collect(consumer.poll(pollTime()));
        adopt();
        if (open.isEmpty() && isDue()) {
            cut();
        }
        if (!open.isEmpty()) {
            workOrRetry();
        }
        lookAtEnds();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // adopt() finds them after the poll, where a broker that is away may be asked again.
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        assemblies.keySet().removeAll(partitions);
        stored.keySet().removeAll(partitions);
        memories.keySet().removeAll(partitions);
        open.keySet().removeAll(partitions);
        rendered.keySet().removeAll(partitions);
    }

    private Duration pollTime() {
        if (!open.isEmpty()) {
            return RETRY_POLL;
        }
        if (waiting() == 0) {
            return IDLE_POLL;
        }
        long left = collectedSince + topic.linger().toMillis() - clock.millis();
        return Duration.ofMillis(Math.clamp(left, 0, IDLE_POLL.toMillis()));
    }

    private int waiting() {
        return assemblies.values().stream().mapToInt(Assembly::size).sum();
    }

    private void collect(ConsumerRecords<String, byte[]> polled) {
        boolean nothingBefore = waiting() == 0;
        polled.nextOffsets().forEach((partition, next) -> {
            Assembly assembly = assemblies.get(partition);
            if (assembly != null) {
                assembly.add(polled.records(partition), next.offset());
            }
        });
        if (nothingBefore && waiting() > 0) {
            collectedSince = clock.millis();
        }
    }

    private boolean isDue() {
        int waiting = waiting();
        return waiting >= topic.chunkRecords()
                || (waiting > 0
                        && clock.millis() >= collectedSince + topic.linger().toMillis());
    }

    private void cut() {
        boundariesDurable = false;
        assemblies.forEach((partition, assembly) ->
                assembly.cut(topic.chunkRecords()).ifPresent(chunk -> open.put(partition, chunk)));
    }

    // Whatever is away, ClickHouse or the broker: the chunks stay, nothing more is fetched, and it is tried again.
    private void workOrRetry() {
        try {
            work();
        } catch (CommitFailedException | InterruptException over) {
            throw over;
        } catch (RuntimeException away) {
            status.failed();
            LOG.warn("{}: chunk not stored yet, trying again: {}", topic.name(), away.toString());
            consumer.pause(consumer.assignment());
            return;
        }
        open.clear();
        rendered.clear();
        collectedSince = 0;
        consumer.resume(consumer.paused());
    }

    private void work() {
        open.forEach((partition, chunk) ->
                rendered.computeIfAbsent(partition, absent -> new RenderedChunk(chunk, handler.render(chunk))));
        if (rendered.values().stream().anyMatch(RenderedChunk::hasRows)) {
            declareBoundaries();
            steps.reached(Step.INSERTING);
            sink.store(List.copyOf(rendered.values()));
            steps.reached(Step.INSERTED);
        }
        rendered.values().forEach(one -> deadLetters.send(one.rendered().refused()));
        steps.reached(Step.COMMITTING);
        consumer.commitSync(offsets(this::done), BROKER_LIMIT);
        steps.reached(Step.COMMITTED);
        rendered.forEach((partition, done) -> {
            stored.put(partition, done.chunk().to());
            memories.put(partition, done.rendered().memory());
            done.rendered().afterwards().run();
            status.stored(
                    done.chunk().records().size(), done.rendered().refused().size());
        });
    }

    private void declareBoundaries() {
        if (!boundariesDurable) {
            steps.reached(Step.DECLARING);
            consumer.commitSync(offsets(this::begun), BROKER_LIMIT);
            boundariesDurable = true;
            steps.reached(Step.DECLARED);
        }
    }

    private OffsetAndMetadata begun(TopicPartition partition, Chunk chunk) {
        String memory = memories.getOrDefault(partition, "");
        return new OffsetAndMetadata(chunk.from(), ChunkBoundary.until(chunk.to(), memory));
    }

    private OffsetAndMetadata done(TopicPartition partition, Chunk chunk) {
        String memory =
                Objects.requireNonNull(rendered.get(partition)).rendered().memory();
        return new OffsetAndMetadata(chunk.to(), ChunkBoundary.idle(memory));
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(BiFunction<TopicPartition, Chunk, OffsetAndMetadata> what) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        open.forEach((partition, chunk) -> offsets.put(partition, what.apply(partition, chunk)));
        return offsets;
    }

    private void adopt() {
        Set<TopicPartition> fresh = new HashSet<>(consumer.assignment());
        fresh.removeAll(assemblies.keySet());
        if (fresh.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(fresh, BROKER_LIMIT);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(fresh, BROKER_LIMIT);
        Map<TopicPartition, Long> ends = consumer.endOffsets(fresh, BROKER_LIMIT);
        for (TopicPartition partition : fresh) {
            long begin = Objects.requireNonNull(beginnings.get(partition));
            long end = Objects.requireNonNull(ends.get(partition));
            adopt(partition, committed.get(partition), begin, end);
        }
        handler.assigned(partitions(consumer.assignment()));
    }

    private void adopt(TopicPartition partition, @Nullable OffsetAndMetadata committed, long begin, long end) {
        long from = committed == null ? begin : committed.offset();
        ChunkBoundary boundary =
                committed == null ? new ChunkBoundary.Unknown() : ChunkBoundary.read(committed.metadata());
        // Who wrote what came before is still true where offsets are gone, and names what was in them.
        String memory = from > end ? "" : boundary.memory();
        if (from < begin || from > end) {
            LOG.error("{}: offsets {} to {} are gone from the broker before they were read", partition, from, begin);
            status.lost(Math.max(0, begin - from));
            from = begin;
            boundary = new ChunkBoundary.Unknown();
        }
        Long declared = boundary instanceof ChunkBoundary.Until until && until.to() > from && until.to() <= end
                ? until.to()
                : null;
        long unsureBefore =
                boundary instanceof ChunkBoundary.Idle ? from : sink.end(handler.tables(), log, partition.partition());
        memories.put(partition, memory);
        handler.resumed(log, partition.partition(), memory, from == 0);
        consumer.seek(partition, from);
        assemblies.put(partition, new Assembly(log, partition.partition(), from, declared, unsureBefore));
        stored.put(partition, from);
        LOG.info(
                "{}: continues at {} ({})", partition, from, boundary.getClass().getSimpleName());
    }

    private void lookAtEnds() {
        long now = clock.millis();
        if (assemblies.isEmpty() || now - endsSeenAt < LOOK_AT_ENDS_EVERY) {
            return;
        }
        endsSeenAt = now;
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(assemblies.keySet(), Duration.ofSeconds(2));
            status.brokerAnswered();
            Set<TopicPartition> complete = new HashSet<>();
            ends.forEach((partition, end) -> {
                if (storedBefore(partition) >= end) {
                    complete.add(partition);
                }
            });
            handler.caughtUp(partitions(complete));
            long lag = ends.entrySet().stream()
                    .mapToLong(end -> Math.max(0, end.getValue() - storedBefore(end.getKey())))
                    .sum();
            status.waiting(lag, oldest());
        } catch (TimeoutException brokerAway) {
            status.waiting(status.lag(), oldest());
        }
    }

    private long storedBefore(TopicPartition partition) {
        return stored.getOrDefault(partition, 0L);
    }

    private @Nullable Long oldest() {
        Long oldest = null;
        for (Chunk chunk : open.values()) {
            if (!chunk.records().isEmpty()) {
                oldest = earlier(oldest, chunk.records().getFirst().timestamp());
            }
        }
        for (Assembly assembly : assemblies.values()) {
            Long timestamp = assembly.oldestTimestamp();
            oldest = timestamp == null ? oldest : earlier(oldest, timestamp);
        }
        return oldest;
    }

    private static Long earlier(@Nullable Long one, long other) {
        return one == null ? other : Math.min(one, other);
    }

    private static List<Integer> partitions(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).sorted().toList();
    }
}
