package io.weir.gateway.health;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What one service says of itself and of what it depends on.
final class ServiceHealth {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LIMIT = Duration.ofMillis(1_300);
    private static final int LONGEST_TEXT = 200;

    private final String name;
    private final URI checks;
    private final HttpClient client;

    ServiceHealth(String name, URI service, HttpClient client) {
        this.name = name;
        this.checks = service.resolve("/health/checks");
        this.client = client;
    }

    /// Its checks by name, and itself. Never fails.
    Mono<Map<String, String>> checks() {
        return client.get()
                .uri(checks)
                .responseSingle((response, body) -> response.status().code() == 200
                        ? body.asString()
                        : Mono.error(new IllegalStateException(
                                "status " + response.status().code())))
                .map(this::read)
                .timeout(LIMIT)
                .onErrorResume(failure -> Mono.just(Map.of(name, "unhealthy: does not answer")));
    }

    private Map<String, String> read(String body) {
        Map<String, String> found = new TreeMap<>();
        found.put(name, PlatformHealth.HEALTHY);
        try {
            for (Map.Entry<String, JsonNode> check :
                    JSON.readTree(body).path("checks").properties()) {
                String text = check.getValue().asString("");
                found.put(check.getKey(), text.substring(0, Math.min(text.length(), LONGEST_TEXT)));
            }
        } catch (JacksonException garbled) {
            found.put(name, "unhealthy: answers something else");
        }
        return found;
    }
}
