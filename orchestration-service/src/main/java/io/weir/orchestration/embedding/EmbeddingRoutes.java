package io.weir.orchestration.embedding;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.orchestration.cache.Embedder;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.inference.Admission;
import io.weir.orchestration.inference.CallParts;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.OwnCandidates;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EmbedderProperties.class)
class EmbeddingRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String PATH = "/v1/embeddings";

    @Bean
    RouterFunction<ServerResponse> embeddings(
            Admission admission,
            ModelCatalog catalog,
            OwnCandidates own,
            CallParts parts,
            Tokenizer tokenizer,
            Clock clock,
            HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey) {
        EmbeddingHandler handler =
                new EmbeddingHandler(new EmbeddingAdmission(admission, catalog, own, clock), parts, tokenizer);
        HandlerFunction<ServerResponse> embed = oncePerKey.apply(handler::embed);
        return DeclaredRoutes.route()
                .POST(PATH, CALLERS, embed)
                .POST(PATH + "/", CALLERS, embed)
                .any(PATH, RouteAccess.signedIn(), EmbeddingRoutes::wrongMethod)
                .build();
    }

    @Bean
    OfflineCalls offlineEmbeddings(
            Admission admission,
            ModelCatalog catalog,
            OwnCandidates own,
            CallParts parts,
            Tokenizer tokenizer,
            Clock clock) {
        return new OfflineEmbeddings(PATH, new EmbeddingAdmission(admission, catalog, own, clock), parts, tokenizer);
    }

    /// What the semantic cache compares messages by.
    @Bean
    Embedder embedder(
            EmbedderProperties properties,
            Admission admission,
            ModelCatalog catalog,
            OwnCandidates own,
            CallParts parts,
            Tokenizer tokenizer,
            Clock clock,
            MeterRegistry registry) {
        return switch (properties.kind()) {
            case LEXICAL -> Embedder.lexical();
            case PROVIDER ->
                new ProviderEmbedder(
                        new EmbeddingAdmission(admission, catalog, own, clock), parts, tokenizer, properties, registry);
        };
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
