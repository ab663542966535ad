package io.weir.analytics.metering;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.ProducerSequences.Gap;
import io.weir.observability.HealthCheck;
import io.weir.observability.HealthCheckFailedException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// What is missing in the ledger's partitions that this instance reads: named, counted, and alarmed as long as it
/// neither came after all nor was accepted. Safe for use by many threads.
public final class LedgerGaps implements HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerGaps.class);

    private final Map<Integer, List<OpenGap>> open = new ConcurrentHashMap<>();
    private final Counter missing;
    private final Counter late;

    public LedgerGaps(MeterRegistry meters) {
        this.missing = Counter.builder("weir.analytics.ledger.missing")
                .description("ledger events that their producers numbered and that were not where they belong")
                .register(meters);
        this.late = Counter.builder("weir.analytics.ledger.late")
                .description("missing ledger events that came after all")
                .register(meters);
        Gauge.builder("weir.analytics.ledger.gaps", this, gaps -> gaps.all().size())
                .description("gaps in the ledger that are open")
                .register(meters);
    }

    void found(int partition, List<Gap> gaps) {
        for (Gap gap : gaps) {
            missing.increment((double) gap.count());
            LOG.error(
                    "The ledger lacks {}; no later hour is sealed until they came or were accepted",
                    OpenGap.text(partition, gap));
        }
    }

    void cameLate(int count) {
        late.increment(count);
    }

    void now(int partition, List<OpenGap> gaps) {
        open.put(partition, List.copyOf(gaps));
    }

    void assigned(List<Integer> partitions) {
        open.keySet().retainAll(partitions);
    }

    /// Those that are open, by partition and time.
    public List<OpenGap> all() {
        return open.values().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(OpenGap::partition).thenComparing(OpenGap::since))
                .toList();
    }

    @Override
    public String name() {
        return "ledger-gaps";
    }

    @Override
    public String detail() {
        List<OpenGap> gaps = all();
        return gaps.isEmpty() ? "no gap" : text(gaps);
    }

    @Override
    public Mono<Void> check() {
        return Mono.defer(() -> {
            List<OpenGap> gaps = all();
            return gaps.isEmpty() ? Mono.empty() : Mono.error(new HealthCheckFailedException(text(gaps)));
        });
    }

    private static String text(List<OpenGap> gaps) {
        long events = gaps.stream().mapToLong(one -> one.gap().count()).sum();
        return events + (events == 1 ? " ledger event is" : " ledger events are") + " missing, in " + gaps.size()
                + (gaps.size() == 1 ? " gap" : " gaps") + "; the first: "
                + gaps.getFirst().text();
    }
}
