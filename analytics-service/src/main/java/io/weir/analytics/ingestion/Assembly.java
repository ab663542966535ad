package io.weir.analytics.ingestion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Collects the records of one partition and cuts them into chunks that follow one another without gap or overlap.
/// A chunk whose boundary was declared before a crash is cut at exactly that boundary. Confined to one thread.
final class Assembly {

    private final String log;
    private final int partition;
    private final long unsureBefore;
    private final Deque<ConsumerRecord<String, byte[]>> collected = new ArrayDeque<>();
    private @Nullable Long declared;
    private long from;
    private long position;

    /// @param from offset of the first record wanted
    /// @param declared end of the chunk that begins there; null: free to choose
    /// @param unsureBefore chunks that begin before this offset may be in ClickHouse already
    Assembly(String log, int partition, long from, @Nullable Long declared, long unsureBefore) {
        this.log = log;
        this.partition = partition;
        this.from = from;
        this.declared = declared;
        this.unsureBefore = unsureBefore;
        this.position = from;
    }

    /// @param next offset of the record after these; offsets between may be missing
    void add(List<ConsumerRecord<String, byte[]>> records, long next) {
        collected.addAll(records);
        position = Math.max(position, next);
    }

    boolean isEmpty() {
        return position == from;
    }

    int size() {
        return collected.size();
    }

    /// When the oldest record not yet in a chunk was written, in milliseconds since 1970; null: none waits.
    @Nullable
    Long oldestTimestamp() {
        ConsumerRecord<String, byte[]> oldest = collected.peek();
        return oldest == null ? null : oldest.timestamp();
    }

    /// The next chunk; empty while nothing was read, or a declared chunk is not complete.
    Optional<Chunk> cut(int mostRecords) {
        Long end = declared;
        if (isEmpty() || (end != null && position < end)) {
            return Optional.empty();
        }
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        while (!collected.isEmpty() && belongs(collected.peek(), end, records.size(), mostRecords)) {
            records.add(collected.remove());
        }
        ConsumerRecord<String, byte[]> next = collected.peek();
        long to = end != null ? end : next == null ? position : next.offset();
        Chunk chunk = new Chunk(log, partition, from, to, records, from < unsureBefore);
        from = to;
        position = Math.max(position, to);
        declared = null;
        return Optional.of(chunk);
    }

    private static boolean belongs(ConsumerRecord<String, byte[]> next, @Nullable Long end, int taken, int most) {
        return end != null ? next.offset() < end : taken < most;
    }
}
