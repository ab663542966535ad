package io.weir.observability.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/// Settings that every service shares, below everything else, so that any file or variable overrides them.
public final class WeirDefaults implements EnvironmentPostProcessor, Ordered {

    static final String SOURCE = "weir-defaults";

    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            // A stream may run on for its provider's longest answer, and a held last byte for 120 s.
            Map.entry("server.shutdown", "graceful"),
            Map.entry("spring.lifecycle.timeout-per-shutdown-phase", "130s"),
            // By then nothing is under way that could want one more event loop: requests have ended before.
            Map.entry("spring.reactor.netty.shutdown-quiet-period", "100ms"),
            // Between two requests only. Longer than the gateway keeps an idle connection, so that it never
            // sends a request into one that closes.
            Map.entry("server.netty.idle-timeout", "75s"),
            Map.entry("server.max-http-request-header-size", "16KB"),
            Map.entry("spring.main.banner-mode", "off"),
            Map.entry("spring.reactor.context-propagation", "auto"),
            Map.entry("logging.structured.format.console", "logstash"),
            Map.entry("logging.structured.json.add.service", "${spring.application.name:weir}"),
            // Its clients print every setting at start, and a line per second and client while the broker is away.
            Map.entry("logging.level.org.apache.kafka", "WARN"),
            Map.entry("logging.level.org.apache.kafka.clients.NetworkClient", "ERROR"),
            // Never on the main port, even where nobody chose one.
            Map.entry("management.server.port", "0"),
            Map.entry("management.endpoints.web.base-path", "/"),
            Map.entry("management.endpoints.web.discovery.enabled", "false"),
            Map.entry("management.endpoints.web.exposure.include", "prometheus"),
            Map.entry("management.endpoints.web.path-mapping.prometheus", "metrics"),
            // What is observed at all was decided before; what is observed is recorded.
            Map.entry("management.tracing.sampling.probability", "1.0"),
            Map.entry("management.tracing.propagation.type", "w3c"),
            Map.entry("management.tracing.baggage.remote-fields", "tenant.id"),
            Map.entry("management.tracing.baggage.correlation.fields", "tenant.id"),
            Map.entry("management.otlp.metrics.export.enabled", "false"));

    // After the configuration files were read.
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> defaults = new LinkedHashMap<>(DEFAULTS);
        String address = environment.getProperty("server.address");
        if (address != null) {
            defaults.put("management.server.address", address);
        }
        environment.getPropertySources().addLast(new MapPropertySource(SOURCE, defaults));
    }
}
