package io.weir.observability;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Answers `/health`, `/ready` and `/health/checks` before the passport filter.
public final class HealthWebFilter implements WebFilter, Ordered {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<ReadinessCondition> conditions;
    private final Draining draining;
    private final HealthChecks checks;

    public HealthWebFilter(List<ReadinessCondition> conditions, Draining draining, HealthChecks checks) {
        this.conditions = List.copyOf(conditions);
        this.draining = draining;
        this.checks = checks;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 10;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            return chain.filter(exchange);
        }
        return switch (exchange.getRequest().getPath().value()) {
            case "/health" -> answer(exchange, HttpStatus.OK, Map.of("status", "alive"));
            case "/ready" -> ready(exchange);
            case "/health/checks" ->
                checks.results()
                        .flatMap(results -> answer(exchange, HttpStatus.OK, checked(results, checks.details())));
            default -> chain.filter(exchange);
        };
    }

    private static Map<String, Object> checked(Map<String, String> results, Map<String, String> details) {
        Map<String, Object> checked = new TreeMap<>();
        checked.put("checks", new TreeMap<>(results));
        if (!details.isEmpty()) {
            checked.put("details", details);
        }
        return checked;
    }

    private Mono<Void> ready(ServerWebExchange exchange) {
        if (draining.isDraining()) {
            return answer(exchange, HttpStatus.SERVICE_UNAVAILABLE, Map.of("status", "draining"));
        }
        List<String> missing = conditions.stream()
                .filter(condition -> !condition.isReady())
                .map(ReadinessCondition::name)
                .sorted()
                .toList();
        return missing.isEmpty()
                ? answer(exchange, HttpStatus.OK, Map.of("status", "ready"))
                : answer(exchange, HttpStatus.SERVICE_UNAVAILABLE, new NotReady("not ready", missing));
    }

    private static Mono<Void> answer(ServerWebExchange exchange, HttpStatus status, Object body) {
        byte[] bytes = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().set(HttpHeaders.CACHE_CONTROL, "no-store");
        response.getHeaders().setContentLength(bytes.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
    }

    private record NotReady(String status, List<String> waitingFor) {}
}
