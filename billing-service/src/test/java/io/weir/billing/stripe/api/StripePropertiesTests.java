package io.weir.billing.stripe.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StripePropertiesTests {

    @Test
    void theDefaultsAreStripeItselfAndNoKey() {
        StripeProperties defaults = bound(Map.of());
        assertThat(defaults)
                .isEqualTo(new StripeProperties(
                        URI.create("https://api.stripe.com"),
                        "",
                        "",
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        2,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(2),
                        30));
        assertThat(defaults.isSetUp()).isFalse();
    }

    @Test
    void everySettingIsRead() {
        StripeProperties set = bound(Map.ofEntries(
                Map.entry("base-url", "http://127.0.0.1:1"),
                Map.entry("api-key", "sk_test_1"),
                Map.entry("webhook-secret", "whsec_1"),
                Map.entry("connect-timeout", "1s"),
                Map.entry("read-timeout", "2s"),
                Map.entry("network-retries", "1"),
                Map.entry("poll-interval", "3s"),
                Map.entry("retry-backoff", "4s"),
                Map.entry("longest-backoff", "5s"),
                Map.entry("lease", "60s"),
                Map.entry("days-until-due", "14")));
        assertThat(set)
                .isEqualTo(new StripeProperties(
                        URI.create("http://127.0.0.1:1"),
                        "sk_test_1",
                        "whsec_1",
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        1,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60),
                        14));
        assertThat(set.isSetUp()).isTrue();
        assertThat(set).asString().doesNotContain("sk_test_1", "whsec_1");
    }

    /// Else a second worker would begin while the first one's call may still be carried out.
    @Test
    void aLeaseThatACallCanOutliveIsRefused() {
        assertThatThrownBy(() -> bound(Map.of("lease", "85s")))
                .rootCause()
                .hasMessageContaining("weir.stripe.lease: PT1M25S (expected: more than PT1M25S");
        assertThat(bound(Map.of("lease", "86s")).lease()).isEqualTo(Duration.ofSeconds(86));
    }

    private static StripeProperties bound(Map<String, String> settings) {
        Map<String, String> named = new HashMap<>();
        settings.forEach((name, value) -> named.put("weir.stripe." + name, value));
        return new Binder(new MapConfigurationPropertySource(named))
                .bindOrCreate("weir.stripe", StripeProperties.class);
    }
}
