package io.weir.analytics.neighbour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class NeighbourPropertiesTests {

    @Test
    void theDefaultsAreThese() {
        assertThat(bound(Map.of()))
                .isEqualTo(new NeighbourProperties(
                        true,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(2),
                        Duration.ofHours(6),
                        3,
                        1.5,
                        3,
                        12,
                        Duration.ofMinutes(5),
                        Map.of("free", 1.0, "starter", 2.0, "growth", 4.0, "enterprise", 8.0)));
    }

    @Test
    void everyKeyBinds() {
        Map<String, String> all = new HashMap<>();
        all.put("automatic", "false");
        all.put("step", "1s");
        all.put("window", "2s");
        all.put("delay", "3s");
        all.put("usual", "4s");
        all.put("share", "5");
        all.put("slowdown", "6");
        all.put("escalate-after", "7");
        all.put("calm-after", "8");
        all.put("lasts", "9s");
        all.put("weights.growth", "10");
        assertThat(all).hasSize(NeighbourProperties.class.getRecordComponents().length);
        NeighbourProperties bound = bound(all);
        assertThat(bound)
                .isEqualTo(new NeighbourProperties(
                        false,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        5,
                        6,
                        7,
                        8,
                        Duration.ofSeconds(9),
                        Map.of("growth", 10.0)));
        assertThat(bound.weight("growth")).isEqualTo(10);
        assertThat(bound.weight("enterprise")).isEqualTo(8);
        assertThat(bound.weight("own-plan")).isEqualTo(1);
        assertThat(bound.weight(null)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "step, 0s",
        "lasts, 0s",
        "window, 1s",
        "usual, 30s",
        "delay, -1s",
        "share, 1",
        "slowdown, 1",
        "escalate-after, 0",
        "calm-after, 0",
        "weights.free, 0"
    })
    void nonsenseIsRefused(String key, String value) {
        assertThatThrownBy(() -> bound(Map.of(key, value)))
                .rootCause()
                .hasMessageStartingWith("weir.analytics.neighbours");
    }

    private static NeighbourProperties bound(Map<String, String> settings) {
        Map<String, String> full = new HashMap<>();
        settings.forEach((key, value) -> full.put("weir.analytics.neighbours." + key, value));
        return new Binder(new MapConfigurationPropertySource(full))
                .bindOrCreate("weir.analytics.neighbours", NeighbourProperties.class);
    }
}
