package io.weir.analytics.metering;

import io.weir.analytics.ingestion.Rendered;
import io.weir.ledger.ProducerSequences;
import io.weir.ledger.ProducerSequences.Gap;
import io.weir.ledger.ProducerSequences.Position;
import io.weir.ledger.ProducerSequences.Producer;
import io.weir.ledger.ProducerSequences.Seen;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who writes one partition, how far each is, and what of theirs is missing. Remembered with the partition's committed
/// offset, so that whoever reads on knows what to expect. Confined to the ingestion thread.
///
/// The memory is `b` (all records of a process that is new here are expected) or `h` (they may have come before), then
/// one part for each process: `;id,epoch,highest,time,closed`, and its gaps: `,from-to@since`. Times are in
/// milliseconds since 1970.
final class PartitionProducers {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionProducers.class);
    private static final String WHOLE = "b";
    private static final String PARTIAL = "h";
    private static final int FIELDS = 5;
    private static final int GAPS_EACH = 20;

    private final String log;
    private final int partition;
    private final ProducerSequences sequences;
    private final Map<Gap, Instant> since = new HashMap<>();
    private final Set<Producer> unsaid = new HashSet<>();
    private final boolean whole;

    private PartitionProducers(
            String log, int partition, boolean whole, List<Position> positions, Map<Gap, Instant> since, Instant now) {
        this.log = log;
        this.partition = partition;
        this.whole = whole;
        this.sequences = ProducerSequences.resumed(whole, positions, List.copyOf(since.keySet()), now);
        this.since.putAll(since);
    }

    /// @param memory of the reader before; empty: there is none
    /// @param first whether the partition is read from its first record
    static PartitionProducers resumed(String log, int partition, String memory, boolean first, Instant now) {
        if (memory.isEmpty()) {
            return new PartitionProducers(log, partition, first, List.of(), Map.of(), now);
        }
        try {
            String[] parts = memory.split(";", -1);
            Map<Gap, Instant> since = new HashMap<>();
            List<Position> positions = Arrays.stream(parts)
                    .skip(1)
                    .map(part -> read(part.split(",", -1), since))
                    .toList();
            return new PartitionProducers(log, partition, parts[0].equals(WHOLE), positions, since, now);
        } catch (IllegalArgumentException | IndexOutOfBoundsException foreign) {
            LOG.error(
                    "Partition {}: the memory of its producers is unreadable, gaps may be missed: {}",
                    partition,
                    memory);
            return new PartitionProducers(log, partition, false, List.of(), Map.of(), now);
        }
    }

    private static Position read(String[] fields, Map<Gap, Instant> since) {
        Producer producer =
                new Producer(URLDecoder.decode(fields[0], StandardCharsets.UTF_8), Long.parseLong(fields[1]));
        for (int i = FIELDS; i < fields.length; i++) {
            String[] gap = fields[i].split("[-@]", -1);
            since.put(
                    new Gap(producer, Long.parseLong(gap[0]), Long.parseLong(gap[1])),
                    Instant.ofEpochMilli(Long.parseLong(gap[2])));
        }
        return new Position(
                producer,
                Long.parseLong(fields[2]),
                fields[3].isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(fields[3])),
                fields[4].equals("1"));
    }

    /// Takes the next record.
    Seen observe(Stamp stamp, Instant now) {
        Position before = sequences.position(stamp.producer());
        Seen seen = sequences.observe(stamp.producer(), stamp.sequence(), stamp.time(), stamp.last(), now);
        switch (seen) {
            case Seen.AfterGap(Gap gap) -> since.put(gap, earliest(before, stamp));
            case Seen.Late(Gap whole) -> split(whole);
            case Seen.InOrder inOrder -> {}
            case Seen.Repeated repeated -> {}
        }
        return seen;
    }

    // What is missing happened after the event before it. A process's epoch is when it began.
    private static Instant earliest(@Nullable Position before, Stamp stamp) {
        Instant last = before == null ? null : before.lastEvent();
        Instant earliest =
                last == null ? Instant.ofEpochMilli(Math.max(0, stamp.producer().epoch())) : last;
        return earliest.isAfter(stamp.time()) ? stamp.time() : earliest;
    }

    private void split(Gap whole) {
        Instant begin = since.remove(whole);
        for (Gap rest : sequences.gaps()) {
            if (begin != null && !since.containsKey(rest) && isPartOf(rest, whole)) {
                since.put(rest, begin);
            }
        }
    }

    private static boolean isPartOf(Gap part, Gap whole) {
        return part.producer().equals(whole.producer()) && part.from() >= whole.from() && part.to() <= whole.to();
    }

    String log() {
        return log;
    }

    boolean knows(Producer producer) {
        return sequences.position(producer) != null;
    }

    /// Somebody has looked into it and accepts that these events are lost: those of it that are missing are not named
    /// any more.
    void accept(Gap accepted) {
        for (Gap gap : sequences.gaps()) {
            if (isPartOf(gap, accepted)) {
                sequences.forget(gap);
                since.remove(gap);
            }
        }
    }

    List<OpenGap> gaps() {
        return sequences.gaps().stream()
                .map(gap -> new OpenGap(log, partition, gap, since.getOrDefault(gap, Instant.EPOCH)))
                .sorted(Comparator.comparing(OpenGap::since)
                        .thenComparingLong(open -> open.gap().from()))
                .toList();
    }

    /// What the next reader needs to know. Where not all fits, those of whom something is missing come first, then
    /// those that may write more, then those that were heard of last.
    String memory() {
        Map<Producer, List<OpenGap>> gaps = new HashMap<>();
        gaps().forEach(open -> gaps.computeIfAbsent(open.gap().producer(), absent -> new ArrayList<>())
                .add(open));
        Map<String, Long> latest = new HashMap<>();
        List<Position> all = sequences.positions();
        all.forEach(one -> latest.merge(one.producer().id(), one.producer().epoch(), Math::max));
        StringBuilder memory = new StringBuilder(whole ? WHOLE : PARTIAL);
        for (Position one : ranked(all, gaps.keySet(), latest)) {
            String part = part(one, gaps.getOrDefault(one.producer(), List.of()));
            if (memory.length() + part.length() <= Rendered.LONGEST_MEMORY) {
                memory.append(part);
            } else {
                leaveOut(memory, one, mayWrite(one, latest), gaps.containsKey(one.producer()));
            }
        }
        return memory.toString();
    }

    private void leaveOut(StringBuilder memory, Position one, boolean mayWrite, boolean missing) {
        if (mayWrite || missing) {
            memory.replace(0, 1, PARTIAL);
        }
        if (missing && unsaid.add(one.producer())) {
            LOG.error(
                    "Partition {}: too many producers with gaps; those of {} are forgotten when another instance reads on",
                    partition,
                    one.producer());
        }
    }

    private static List<Position> ranked(List<Position> all, Set<Producer> missing, Map<String, Long> latest) {
        return all.stream()
                .sorted(Comparator.comparing((Position one) -> !missing.contains(one.producer()))
                        .thenComparing(one -> !mayWrite(one, latest))
                        .thenComparing(
                                one -> Objects.requireNonNullElse(one.lastEvent(), Instant.EPOCH),
                                Comparator.reverseOrder())
                        .thenComparing(one -> one.producer().id())
                        .thenComparingLong(one -> one.producer().epoch()))
                .toList();
    }

    // A process that begins again sends first what its life before left.
    private static boolean mayWrite(Position one, Map<String, Long> latest) {
        return !one.closed()
                && latest.getOrDefault(one.producer().id(), 0L)
                        <= one.producer().epoch();
    }

    private static String part(Position one, List<OpenGap> gaps) {
        Instant last = one.lastEvent();
        StringBuilder part = new StringBuilder()
                .append(';')
                .append(URLEncoder.encode(one.producer().id(), StandardCharsets.UTF_8))
                .append(',')
                .append(one.producer().epoch())
                .append(',')
                .append(one.highest())
                .append(',')
                .append(last == null ? "" : Long.toString(last.toEpochMilli()))
                .append(',')
                .append(one.closed() ? 1 : 0);
        List<OpenGap> ordered = gaps.stream()
                .sorted(Comparator.comparingLong(open -> open.gap().from()))
                .toList();
        int alone = ordered.size() <= GAPS_EACH ? ordered.size() : GAPS_EACH - 1;
        ordered.subList(0, alone).forEach(open -> append(part, List.of(open)));
        if (alone < ordered.size()) {
            // The last one stands for all that have no room.
            append(part, ordered.subList(alone, ordered.size()));
        }
        return part.toString();
    }

    // One range from the first of them to the last, missing since the earliest.
    private static void append(StringBuilder part, List<OpenGap> ordered) {
        long to = ordered.stream().mapToLong(open -> open.gap().to()).max().orElseThrow();
        Instant since = ordered.stream()
                .map(OpenGap::since)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        part.append(',')
                .append(ordered.getFirst().gap().from())
                .append('-')
                .append(to)
                .append('@')
                .append(since.toEpochMilli());
    }
}
