package io.weir.orchestration.idempotency;

import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.PassportWebFilter;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import reactor.core.publisher.Mono;

/// A tenant's calls of a handler.
record Caller(HandlerFunction<ServerResponse> handler, TenantId tenant) {

    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final String PATH = "/v1/chat/completions";

    static Caller of(HandlerFunction<ServerResponse> handler) {
        return new Caller(handler, new TenantId(UUID.randomUUID()));
    }

    /// One request and what it was answered.
    record Sent(MockServerWebExchange exchange, Mono<Void> answered) {

        Sent whole() {
            answered.block(PATIENCE);
            return this;
        }

        int status() {
            return exchange.getResponse().getStatusCode() == null
                    ? 200
                    : exchange.getResponse().getStatusCode().value();
        }

        @Nullable
        String header(String name) {
            return exchange.getResponse().getHeaders().getFirst(name);
        }

        String body() {
            String body = exchange.getResponse().getBodyAsString().block(PATIENCE);
            return body == null ? "" : body;
        }
    }

    /// Sends nothing before the answer is waited for.
    Sent post(@Nullable String key, String requestId, String body) {
        MockServerHttpRequest.BodyBuilder builder =
                MockServerHttpRequest.post(PATH).header("x-request-id", requestId);
        if (key != null) {
            builder.header("Idempotency-Key", key);
        }
        MockServerWebExchange exchange = MockServerWebExchange.from(builder.body(body));
        exchange.getAttributes().put(PassportWebFilter.PASSPORT, passport());
        ServerRequest request =
                ServerRequest.create(exchange, HandlerStrategies.withDefaults().messageReaders());
        Mono<Void> answered = Mono.defer(() -> handler.handle(request))
                .flatMap(answer -> answer.writeTo(exchange, new Writers(HandlerStrategies.withDefaults())));
        return new Sent(exchange, answered);
    }

    private Passport passport() {
        return new Passport(
                "1",
                "gateway",
                Passport.MESH,
                new TenantContext(tenant, "free", Placement.POOL, "local"),
                "key:k",
                "k",
                Set.of(Scope.INFERENCE),
                null,
                Instant.now().plusSeconds(60));
    }

    private record Writers(HandlerStrategies strategies) implements ServerResponse.Context {

        @Override
        public List<HttpMessageWriter<?>> messageWriters() {
            return strategies.messageWriters();
        }

        @Override
        public List<ViewResolver> viewResolvers() {
            return List.of();
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
