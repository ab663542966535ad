package io.weir.analytics.metering;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.ingestion.Chunk;
import io.weir.analytics.ingestion.ChunkHandler;
import io.weir.analytics.ingestion.Rendered;
import io.weir.analytics.ingestion.Rendered.Refused;
import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.analytics.metering.Outcome.Request;
import io.weir.clickhouse.TenantQuery;
import io.weir.ledger.Attempt;
import io.weir.ledger.ProducerSequences.Gap;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The usage ledger as rows. A record that cannot be one is refused with its reason and never stops the others.
public final class UsageHandler implements ChunkHandler {

    private static final Logger LOG = LoggerFactory.getLogger(UsageHandler.class);
    private static final long YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();
    private static final long YEAR_2100 = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();

    private final KnownSettlements known;
    private final OutcomeSequences sequences;
    private final UsageListener listener;
    private final LedgerProducers producers;
    private final IngestionTrace trace;
    private final Counter duplicates;
    private final Counter breaches;

    public UsageHandler(
            TenantQuery query,
            UsageListener listener,
            LedgerGaps gaps,
            AcceptedGaps accepted,
            IngestionTrace trace,
            MeterRegistry meters,
            InstantSource clock) {
        this.known = new KnownSettlements(query);
        this.sequences = new OutcomeSequences(new KnownOutcomes(query));
        this.listener = listener;
        this.producers = new LedgerProducers(accepted, gaps, listener, clock);
        this.trace = trace;
        this.duplicates = Counter.builder("weir.analytics.ingestion.duplicates")
                .description("settlements dropped because their request was settled before")
                .register(meters);
        this.breaches = Counter.builder("weir.analytics.ceiling.breaches")
                .description("attempts whose provider charged more than was held; the platform pays the rest")
                .register(meters);
    }

    @Override
    public List<String> tables() {
        return UsageRows.TABLES;
    }

    @Override
    public Rendered render(Chunk chunk) {
        // Most of the work of a chunk, and of each record by itself.
        List<ReadRecord> all =
                chunk.records().parallelStream().map(ReadRecord::of).toList();
        List<String> settled = all.stream()
                .filter(one -> one.usage() != null && one.usage().data() instanceof Settled)
                .map(one -> ((Settled) one.usage().data()).requestId())
                .distinct()
                .toList();
        List<Gap> forgiven = producers.accepted(chunk);
        Rendering rendering = new Rendering(chunk, known.before(chunk, settled), sequences.of(chunk, ended(all)));
        all.forEach(rendering::add);
        // Last, for nothing fails any more: each record is followed once.
        LedgerProducers.Followed followed = producers.follow(chunk, forgiven, all);
        return new Rendered(
                rendering.rows,
                rendering.refused,
                () -> {
                    followed.stored();
                    rendering.tell();
                },
                followed.memory());
    }

    private static Set<Request> ended(List<ReadRecord> all) {
        return all.stream()
                .flatMap(one -> Stream.ofNullable(one.usage()))
                .filter(usage -> usage.data() instanceof Settled || usage.data() instanceof Released)
                .map(usage -> Outcome.request((OfRequest) usage.data()))
                .filter(request -> request.tenant() != null && request.id() != null)
                .collect(Collectors.toSet());
    }

    @Override
    public void resumed(String log, int partition, String memory, boolean first) {
        producers.resumed(log, partition, memory, first);
    }

    @Override
    public void assigned(List<Integer> partitions) {
        sequences.forget();
        listener.assigned(partitions);
        producers.assigned(partitions);
    }

    @Override
    public void caughtUp(List<Integer> partitions) {
        producers.caughtUp(partitions);
        listener.caughtUp(partitions);
    }

    private final class Rendering {

        private final Chunk chunk;
        private final Set<KnownSettlements.Request> settledBefore;
        private final OutcomeSequences.Numbering numbering;
        private final List<RenderedRow> rows = new ArrayList<>();
        private final List<Refused> refused = new ArrayList<>();
        private final List<ReadRecord> accepted = new ArrayList<>();
        private final List<UsageRecord> dropped = new ArrayList<>();

        Rendering(Chunk chunk, Set<KnownSettlements.Request> settledBefore, OutcomeSequences.Numbering numbering) {
            this.chunk = chunk;
            this.numbering = numbering;
            this.settledBefore = new HashSet<>(settledBefore);
        }

        void add(ReadRecord read) {
            UsageRecord usage = read.usage();
            if (usage == null) {
                refuse(read.source(), read.reason(), read.detail());
                return;
            }
            try {
                rows.addAll(rows(read, usage));
            } catch (RuntimeException incomplete) {
                // Whatever a payload holds, it must not stop the partition.
                refuse(read.source(), "malformed", ReadRecord.detail(incomplete));
            }
        }

        private List<RenderedRow> rows(ReadRecord read, UsageRecord usage) {
            long offset = read.source().offset();
            List<RenderedRow> made = switch (usage.data()) {
                case Held held -> List.of(UsageRows.held(chunk, offset, usage, held));
                case Released released ->
                    with(
                            List.of(UsageRows.released(chunk, offset, usage, released)),
                            numbering.row(offset, Outcome.released(usage, released)));
                case Tick tick -> List.of();
                case Settled settled -> UsageRows.settled(chunk, offset, usage, settled);
            };
            if (usage.data() instanceof Settled settled && !isFirst(settled)) {
                dropped.add(usage);
                return List.of(UsageRows.dropped(
                        chunk, offset, time(read.source()), "duplicate_settlement", "settled before", usage));
            }
            accepted.add(read);
            return usage.data() instanceof Settled settled
                    ? with(made, numbering.row(offset, Outcome.settled(usage, settled)))
                    : made;
        }

        private static List<RenderedRow> with(List<RenderedRow> rows, Optional<RenderedRow> further) {
            return Stream.concat(rows.stream(), further.stream()).toList();
        }

        private boolean isFirst(Settled settled) {
            return settledBefore.add(new KnownSettlements.Request(settled.tenantId(), settled.requestId()));
        }

        void tell() {
            numbering.stored();
            duplicates.increment(dropped.size());
            dropped.forEach(usage -> listener.dropped(chunk.partition(), usage));
            for (ReadRecord read : accepted) {
                UsageRecord usage = Objects.requireNonNull(read.usage());
                alarm(usage);
                listener.stored(chunk.partition(), usage);
                trace.ingested(read.source(), usage);
            }
        }

        private void alarm(UsageRecord usage) {
            if (usage.data() instanceof Settled settled) {
                for (Attempt attempt : settled.attempts()) {
                    Amount breach = attempt.ceilingBreach();
                    if (breach != null) {
                        breaches.increment();
                        LOG.error(
                                "Request {}: {} charged {} USD beyond what was held; the platform pays it",
                                settled.requestId(),
                                attempt.provider(),
                                breach.toPlainString());
                    }
                }
            }
        }

        private void refuse(ConsumerRecord<String, byte[]> source, String reason, String detail) {
            refused.add(new Refused(source, reason, detail));
            String readable = detail.codePoints()
                    .filter(point -> point >= ' ' && !(point >= 0xD800 && point <= 0xDFFF))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            rows.add(UsageRows.dropped(chunk, source.offset(), time(source), reason, readable, null));
        }

        private static Instant time(ConsumerRecord<String, byte[]> source) {
            // A producer may stamp any time; the row must have one that fits.
            return Instant.ofEpochMilli(Math.clamp(source.timestamp(), YEAR_2000, YEAR_2100 - 1));
        }
    }
}
