package io.weir.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.gateway.address.ClientAddresses.ForwardingHeader;
import java.time.Duration;
import java.util.List;
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
                .isEqualTo(new GatewayProperties(
                        "app.example.com",
                        DataSize.ofMegabytes(10),
                        DataSize.ofMegabytes(201),
                        Set.of(),
                        Set.of("app.example.com", "*.app.example.com", "localhost", "127.0.0.1", "[::1]"),
                        List.of(),
                        ForwardingHeader.X_FORWARDED_FOR,
                        100,
                        DataSize.ofKilobytes(16),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(10)));
    }

    @Test
    void everyKeyIsBound() {
        assertThat(bound(Map.of(
                        "weir.gateway.base-domain",
                        "weir.example.org",
                        "weir.gateway.max-request-bytes",
                        "2MB",
                        "weir.gateway.max-upload-bytes",
                        "3MB",
                        "weir.gateway.allowed-origins",
                        "https://a.example,https://b.example",
                        "weir.gateway.hosts",
                        "api.example.org,*.example.net",
                        "weir.gateway.trusted-proxies",
                        "10.0.0.0/8,::1",
                        "weir.gateway.forwarding-header",
                        "forwarded",
                        "weir.gateway.max-headers",
                        "50",
                        "weir.gateway.max-header-bytes",
                        "8KB",
                        "weir.gateway.head-timeout",
                        "5s")))
                .isEqualTo(new GatewayProperties(
                        "weir.example.org",
                        DataSize.ofMegabytes(2),
                        DataSize.ofMegabytes(3),
                        Set.of("https://a.example", "https://b.example"),
                        Set.of("api.example.org", "*.example.net"),
                        List.of("10.0.0.0/8", "::1"),
                        ForwardingHeader.FORWARDED,
                        50,
                        DataSize.ofKilobytes(8),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(10)));
        assertThat(GatewayProperties.class.getRecordComponents()).hasSize(11);
    }

    @Test
    void aLimitOfNothingIsRefusedWithItsName() {
        assertThatThrownBy(() -> bound(Map.of("weir.gateway.max-request-bytes", "0B")))
                .rootCause()
                .hasMessageContaining("weir.gateway.max-request-bytes");
    }

    @Test
    void theTimeOfABodyIsBound() {
        assertThat(bound(Map.of("weir.gateway.body-timeout", "2m")).bodyTimeout())
                .isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void aTimeOfNothingIsRefusedWithItsName() {
        assertThatThrownBy(() -> bound(Map.of("weir.gateway.head-timeout", "0s")))
                .rootCause()
                .hasMessageContaining("weir.gateway.head-timeout");
    }

    private static GatewayProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("weir.gateway", GatewayProperties.class);
    }
}
