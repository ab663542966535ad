package io.weir.snapshots.autoconfigure;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.autoconfigure.KafkaAutoConfiguration;
import io.weir.observability.ReadinessCondition;
import io.weir.security.SigningKeys;
import io.weir.security.TrustedKeys;
import io.weir.security.autoconfigure.SecurityAutoConfiguration;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/// A reader of snapshots, and a publisher for services that own some.
@AutoConfiguration(after = {KafkaAutoConfiguration.class, SecurityAutoConfiguration.class})
public final class SnapshotAutoConfiguration {

    @Bean
    SnapshotReader snapshotReader(
            KafkaProperties kafka, TrustedKeys keys, Clock clock, @Value("${weir.state-directory}") Path state) {
        return new SnapshotReader(kafka, keys, state.resolve("snapshots"), clock);
    }

    @Bean
    @Lazy
    SnapshotPublisher snapshotPublisher(KafkaProperties kafka, SigningKeys keys) {
        return new SnapshotPublisher(kafka, keys);
    }

    @Bean
    ReadinessCondition snapshotsRead(SnapshotReader reader) {
        return new ReadinessCondition() {
            @Override
            public String name() {
                return "snapshots";
            }

            @Override
            public boolean isReady() {
                return reader.tables().stream().allMatch(SnapshotTable::isReady);
            }
        };
    }

    @Bean
    MeterBinder snapshotMeters(SnapshotReader reader) {
        return registry -> bind(registry, reader);
    }

    // Where nothing is followed the broker is not asked, and its silence means nothing.
    private static void bind(MeterRegistry registry, SnapshotReader reader) {
        if (reader.tables().isEmpty()) {
            return;
        }
        Gauge.builder("weir.snapshots.age", reader, snapshots -> snapshots.age().toMillis() / 1000.0)
                .baseUnit("seconds")
                .description("time since the broker last answered the snapshot reader")
                .register(registry);
        for (SnapshotTable<?> table : reader.tables()) {
            FunctionCounter.builder("weir.snapshots.refused", table, SnapshotTable::refused)
                    .tag("topic", table.topic().suffix())
                    .description("records that were unsigned, foreign or unreadable")
                    .register(registry);
        }
    }
}
