package io.weir.analytics.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RetentionPropertiesTests {

    @Test
    void settingsBindAndLessThanThirteenMonthsIsRefused() {
        assertThat(bound(Map.of())).isEqualTo(RetentionProperties.DEFAULTS);
        assertThat(bound(Map.of(
                        "weir.analytics.retention.metering-months", "13",
                        "weir.analytics.retention.holds-days", "35",
                        "weir.analytics.retention.access-days", "1")))
                .isEqualTo(new RetentionProperties(13, 35, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetentionProperties(12, 90, 7))
                .withMessageContaining("metering-months: 12 (expected: >= 13)");
        assertThatIllegalArgumentException().isThrownBy(() -> new RetentionProperties(13, 34, 7));
        assertThatIllegalArgumentException().isThrownBy(() -> new RetentionProperties(13, 90, 0));
    }

    private static RetentionProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(new HashMap<>(settings)))
                .bindOrCreate("weir.analytics.retention", RetentionProperties.class);
    }
}
