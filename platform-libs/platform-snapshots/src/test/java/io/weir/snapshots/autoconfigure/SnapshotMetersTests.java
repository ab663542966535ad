package io.weir.snapshots.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.security.KeyPairFiles;
import io.weir.security.TrustedKeys;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotMetersTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void theBrokersSilenceCountsWhereSomethingIsFollowed(@TempDir Path directory) throws Exception {
        Path trusted = Files.createDirectory(directory.resolve("trusted"));
        KeyPairFiles.generate("tenant", Files.createDirectory(directory.resolve("secret")), trusted);
        SnapshotReader reader = new SnapshotReader(
                new KafkaProperties("127.0.0.1:1", "test.", (short) 1, Map.of()),
                TrustedKeys.load(trusted, Clock.systemUTC()),
                directory,
                Clock.systemUTC());
        SnapshotAutoConfiguration configuration = new SnapshotAutoConfiguration();
        configuration.snapshotMeters(reader).bindTo(registry);
        assertThat(registry.getMeters()).isEmpty();

        reader.table(SnapshotTopic.TENANTS);
        configuration.snapshotMeters(reader).bindTo(registry);
        assertThat(registry.get("weir.snapshots.age").gauge().value()).isPositive();
        assertThat(registry.get("weir.snapshots.refused")
                        .tag("topic", "tenants.v1")
                        .functionCounter()
                        .count())
                .isZero();
    }
}
