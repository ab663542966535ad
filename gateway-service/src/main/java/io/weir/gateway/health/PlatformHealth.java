package io.weir.gateway.health;

import io.weir.observability.HealthChecks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Our own checks and those of every service as one answer, kept for a second. A dependency that several services use
/// is as healthy as the one that fares worst with it. For people and monitors: load balancers ask `/ready`.
public final class PlatformHealth {

    static final String HEALTHY = HealthChecks.HEALTHY;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration KEPT = Duration.ofSeconds(1);

    private final Mono<Answer> answer;

    PlatformHealth(HealthChecks own, List<ServiceHealth> services) {
        List<Mono<Map<String, String>>> sources = new ArrayList<>();
        sources.add(own.results());
        services.forEach(service -> sources.add(service.checks()));
        this.answer = Flux.merge(sources)
                .collect(TreeMap<String, String>::new, PlatformHealth::worst)
                .map(PlatformHealth::answered)
                .cache(KEPT);
    }

    /// Writes `{"status", "checks"}`: 200 when all is healthy, else 503. Takes at most a second and a half.
    public Mono<Void> write(ServerWebExchange exchange) {
        return answer.flatMap(known -> {
            ServerHttpResponse response = exchange.getResponse();
            response.setStatusCode(known.status());
            response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
            response.getHeaders().setContentLength(known.body().length);
            return response.writeWith(
                    Mono.fromSupplier(() -> response.bufferFactory().wrap(known.body())));
        });
    }

    private static void worst(Map<String, String> all, Map<String, String> some) {
        some.forEach((name, text) -> all.merge(name, text, (one, other) -> one.equals(HEALTHY) ? other : one));
    }

    private static Answer answered(Map<String, String> checks) {
        boolean healthy = checks.values().stream().allMatch(HEALTHY::equals);
        byte[] body = JSON.writeValueAsString(new Body(healthy ? HEALTHY : "degraded", checks))
                .getBytes(StandardCharsets.UTF_8);
        return new Answer(healthy ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, body);
    }

    private record Answer(HttpStatus status, byte[] body) {}

    private record Body(String status, Map<String, String> checks) {}
}
