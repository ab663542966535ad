package io.weir.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class AnalyticsPropertiesTests {

    private static final AnalyticsProperties DEFAULTS = new AnalyticsProperties(
            10_000, Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(20));

    @Test
    void theDefaultsAreThese() {
        assertThat(bound(Map.of())).isEqualTo(DEFAULTS);
    }

    @Test
    void everyKeyBinds() {
        Map<String, String> all = Map.of(
                "weir.analytics.chunk-records", "7",
                "weir.analytics.chunk-linger", "1ms",
                "weir.analytics.seal-grace", "2s",
                "weir.analytics.producer-silence", "3s",
                "weir.analytics.seal-timeout", "4s");
        assertThat(all).hasSize(AnalyticsProperties.class.getRecordComponents().length);
        AnalyticsProperties bound = bound(all);
        assertThat(bound)
                .isEqualTo(new AnalyticsProperties(
                        7, Duration.ofMillis(1), Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4)));
        assertThat(Arrays.stream(AnalyticsProperties.class.getRecordComponents()))
                .hasSize(5);
    }

    private static AnalyticsProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(new HashMap<>(settings)))
                .bindOrCreate("weir.analytics", AnalyticsProperties.class);
    }
}
