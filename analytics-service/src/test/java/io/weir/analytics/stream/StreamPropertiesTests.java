package io.weir.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class StreamPropertiesTests {

    private static final String PREFIX = "weir.analytics.stream.";

    @Test
    void defaults() {
        assertThat(bound(Map.of()))
                .isEqualTo(new StreamProperties(
                        Duration.ofSeconds(20),
                        256,
                        Duration.ofSeconds(15),
                        10_000,
                        10_000,
                        100,
                        DataSize.ofMegabytes(64),
                        DataSize.ofKilobytes(64),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(60),
                        50_000,
                        Duration.ofSeconds(60),
                        Duration.ofHours(24)));
    }

    @Test
    void everyKeyIsBound() {
        Map<String, String> all = Map.ofEntries(
                Map.entry("ping", "1s"),
                Map.entry("buffer", "5"),
                Map.entry("slow-after", "2s"),
                Map.entry("resume-frames", "6"),
                Map.entry("sockets", "7"),
                Map.entry("sockets-per-tenant", "8"),
                Map.entry("window", "1MB"),
                Map.entry("send-buffer", "2KB"),
                Map.entry("open-limit", "3s"),
                Map.entry("linger", "4s"),
                Map.entry("resume-backlog", "9"),
                Map.entry("checkpoint", "5s"),
                Map.entry("alerts", "6h"));
        assertThat(bound(all))
                .isEqualTo(new StreamProperties(
                        Duration.ofSeconds(1),
                        5,
                        Duration.ofSeconds(2),
                        6,
                        7,
                        8,
                        DataSize.ofMegabytes(1),
                        DataSize.ofKilobytes(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        9,
                        Duration.ofSeconds(5),
                        Duration.ofHours(6)));
        assertThat(StreamProperties.class.getRecordComponents()).hasSize(all.size());
    }

    @Test
    void aBufferThatCannotHoldWhatIsCoalescedIsRefusedWithItsName() {
        assertThatThrownBy(() -> bound(Map.of("buffer", "3")))
                .rootCause()
                .hasMessageContaining("weir.analytics.stream.buffer");
    }

    @Test
    void aTenantWithoutAnySocketIsRefusedWithItsName() {
        assertThatThrownBy(() -> bound(Map.of("sockets-per-tenant", "0")))
                .rootCause()
                .hasMessageContaining("weir.analytics.stream.sockets-per-tenant");
    }

    private static StreamProperties bound(Map<String, String> settings) {
        Map<String, String> named = new HashMap<>();
        settings.forEach((key, value) -> named.put(PREFIX + key, value));
        return new Binder(new MapConfigurationPropertySource(named))
                .bindOrCreate("weir.analytics.stream", StreamProperties.class);
    }
}
