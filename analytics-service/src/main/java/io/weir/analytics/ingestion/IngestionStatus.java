package io.weir.analytics.ingestion;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.observability.HealthCheck;
import io.weir.observability.HealthCheckFailedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// How far a topic's ingestion is, as metrics and as a health check: lag and age, not "the process is up".
public final class IngestionStatus implements HealthCheck {

    private static final Duration BROKER_PATIENCE = Duration.ofSeconds(15);
    private static final Duration TOO_OLD = Duration.ofSeconds(60);

    private final String topic;
    private final InstantSource clock;
    private final Counter records;
    private final Counter refused;
    private final Counter failures;
    private final Counter lost;
    private volatile long lag;
    private volatile @Nullable Instant brokerAnswered;
    private volatile @Nullable Long oldestTimestamp;

    /// @param topic the name without prefix
    public IngestionStatus(String topic, InstantSource clock, MeterRegistry meters) {
        this.topic = topic;
        this.clock = clock;
        this.records = counter(meters, "weir.analytics.ingestion.records", "records that are in ClickHouse for good");
        this.refused = counter(meters, "weir.analytics.ingestion.refused", "records refused as malformed or foreign");
        this.failures = counter(meters, "weir.analytics.ingestion.failures", "tries that failed and were repeated");
        this.lost =
                counter(meters, "weir.analytics.ingestion.lost", "offsets the broker deleted before they were read");
        Gauge.builder("weir.analytics.ingestion.lag", this, status -> status.lag)
                .tag("topic", topic)
                .baseUnit("records")
                .description("records in the partitions that are not in ClickHouse")
                .register(meters);
        Gauge.builder(
                        "weir.analytics.ingestion.oldest.age",
                        this,
                        status -> status.age().toMillis() / 1000.0)
                .tag("topic", topic)
                .baseUnit("seconds")
                .description("age of the oldest record that is not in ClickHouse")
                .register(meters);
    }

    private Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder(name)
                .tag("topic", topic)
                .description(description)
                .register(meters);
    }

    void stored(long count, long refusals) {
        records.increment((double) count);
        refused.increment((double) refusals);
    }

    void failed() {
        failures.increment();
    }

    void lost(long offsets) {
        lost.increment((double) offsets);
    }

    void brokerAnswered() {
        brokerAnswered = clock.instant();
    }

    void waiting(long notStored, @Nullable Long oldest) {
        lag = notStored;
        oldestTimestamp = oldest;
    }

    /// Records not yet stored, as of the last second.
    public long lag() {
        return lag;
    }

    Duration age() {
        Long oldest = oldestTimestamp;
        return oldest == null ? Duration.ZERO : Duration.ofMillis(Math.max(0, clock.millis() - oldest));
    }

    @Override
    public String name() {
        return "ingestion-" + topic;
    }

    @Override
    public String detail() {
        return String.format(Locale.ROOT, "lag %d records, oldest unprocessed %.1f s", lag, age().toMillis() / 1000.0);
    }

    @Override
    public Mono<Void> check() {
        return Mono.defer(() -> {
            Instant answered = brokerAnswered;
            if (answered != null && answered.plus(BROKER_PATIENCE).isBefore(clock.instant())) {
                return Mono.error(new HealthCheckFailedException("the broker does not answer"));
            }
            Duration age = age();
            return age.compareTo(TOO_OLD) > 0
                    ? Mono.error(new HealthCheckFailedException(
                            "the oldest unprocessed record is " + age.toSeconds() + " s old"))
                    : Mono.empty();
        });
    }
}
