package io.weir.analytics.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.consumer.ConsumerRecord;

class AssemblyPropertyTests {

    @Property
    void chunksFollowOneAnotherAndHoldEveryRecordOnce(
            @ForAll @LongRange(max = 1000) long from,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 9) Integer> polls,
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 3) Integer> steps,
            @ForAll @IntRange(min = 1, max = 12) int most) {
        List<ConsumerRecord<String, byte[]>> all = records(from, steps);
        List<Chunk> chunks = cutAll(new Assembly("log", 0, from, null, 0), all, polls, most);
        long expected = from;
        List<Long> seen = new ArrayList<>();
        for (Chunk chunk : chunks) {
            assertThat(chunk.from()).isEqualTo(expected);
            assertThat(chunk.records()).hasSizeLessThanOrEqualTo(most);
            assertThat(chunk.records())
                    .allMatch(record -> record.offset() >= chunk.from() && record.offset() < chunk.to());
            chunk.records().forEach(record -> seen.add(record.offset()));
            expected = chunk.to();
        }
        assertThat(seen).isEqualTo(all.stream().map(ConsumerRecord::offset).toList());
    }

    @Property
    void aDeclaredChunkIsCutAgainWithTheSameRecordsHoweverTheyArrive(
            @ForAll @LongRange(max = 1000) long from,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 9) Integer> polls,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 9) Integer> pollsAfter,
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 3) Integer> steps,
            @ForAll @IntRange(min = 1, max = 12) int most,
            @ForAll @IntRange(min = 1, max = 12) int mostAfter) {
        List<ConsumerRecord<String, byte[]>> all = records(from, steps);
        for (Chunk chunk : cutAll(new Assembly("log", 0, from, null, 0), all, polls, most)) {
            List<ConsumerRecord<String, byte[]>> rest = all.stream()
                    .filter(record -> record.offset() >= chunk.from())
                    .toList();
            Assembly next = new Assembly("log", 0, chunk.from(), chunk.to(), chunk.to());
            Chunk rebuilt = cutAll(next, rest, pollsAfter, mostAfter).getFirst();
            assertThat(rebuilt.from()).isEqualTo(chunk.from());
            assertThat(rebuilt.to()).isEqualTo(chunk.to());
            assertThat(rebuilt.records()).isEqualTo(chunk.records());
            assertThat(rebuilt.unsure()).isTrue();
        }
    }

    private static List<Chunk> cutAll(
            Assembly assembly, List<ConsumerRecord<String, byte[]>> records, List<Integer> polls, int most) {
        List<Chunk> chunks = new ArrayList<>();
        int at = 0;
        for (int n = 0; at < records.size(); n++) {
            int size = n < polls.size() ? polls.get(n) : records.size();
            List<ConsumerRecord<String, byte[]>> poll = records.subList(at, Math.min(records.size(), at + size));
            assembly.add(poll, poll.getLast().offset() + 1);
            at += poll.size();
            for (Optional<Chunk> cut = assembly.cut(most); cut.isPresent(); cut = assembly.cut(most)) {
                chunks.add(cut.get());
            }
        }
        return chunks;
    }

    private static List<ConsumerRecord<String, byte[]>> records(long from, List<Integer> steps) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        long offset = from;
        for (int step : steps) {
            records.add(new ConsumerRecord<>("usage", 0, offset, "key", new byte[] {(byte) offset}));
            offset += step;
        }
        return records;
    }
}
