package io.weir.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class GatewayPropertiesTests {

    @Test
    void defaults() {
        assertThat(bound(Map.of()))
                .isEqualTo(new GatewayProperties("app.example.com", DataSize.ofMegabytes(10), Set.of()));
    }

    @Test
    void everyKeyIsBound() {
        assertThat(bound(Map.of(
                        "weir.gateway.base-domain",
                        "weir.example.org",
                        "weir.gateway.max-request-bytes",
                        "2MB",
                        "weir.gateway.allowed-origins",
                        "https://a.example,https://b.example")))
                .isEqualTo(new GatewayProperties(
                        "weir.example.org", DataSize.ofMegabytes(2), Set.of("https://a.example", "https://b.example")));
        assertThat(GatewayProperties.class.getRecordComponents()).hasSize(3);
    }

    @Test
    void aLimitOfNothingIsRefusedWithItsName() {
        assertThatThrownBy(() -> bound(Map.of("weir.gateway.max-request-bytes", "0B")))
                .rootCause()
                .hasMessageContaining("weir.gateway.max-request-bytes");
    }

    private static GatewayProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("weir.gateway", GatewayProperties.class);
    }
}
