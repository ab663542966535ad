package io.weir.orchestration.inference;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.Router;
import io.weir.orchestration.surface.messages.MessagesSurface;
import io.weir.security.webflux.Access;
import io.weir.snapshots.catalog.TenantSnapshot;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// `POST /v1/messages/count_tokens`: counts here, asks no provider and costs nothing. Exact for models whose tokens are
/// public, for others an estimate.
final class TokenCountHandler {

    private final MessagesSurface surface;
    private final Admission admission;
    private final ModelCatalog catalog;
    private final Router router;
    private final Tokenizer tokenizer;

    TokenCountHandler(
            MessagesSurface surface, Admission admission, ModelCatalog catalog, Router router, Tokenizer tokenizer) {
        this.surface = surface;
        this.admission = admission;
        this.catalog = catalog;
        this.router = router;
        this.tokenizer = tokenizer;
    }

    Mono<ServerResponse> count(ServerRequest request) {
        TenantSnapshot tenant = admission.tenant(Access.passport(request));
        return ClientExchange.body(request)
                .flatMap(body -> tokens(body, tenant))
                .flatMap(tokens -> ServerResponse.ok()
                        .header("x-request-id", RequestIds.of(request))
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(new Counted(tokens)));
    }

    private Mono<Long> tokens(byte[] body, TenantSnapshot tenant) {
        return LargeBodies.read(body, () -> known(surface.readForCounting(body), tenant))
                .flatMap(asked -> Mono.fromCallable(() -> PromptTokens.count(asked, tokenizer))
                        .subscribeOn(Schedulers.boundedElastic()));
    }

    private ChatRequest known(ChatRequest asked, TenantSnapshot tenant) {
        String model = asked.model();
        if (model != null && !router.knows(model, tenant)) {
            throw catalog.unknown(model, tenant);
        }
        return asked;
    }

    private record Counted(long input_tokens) {}
}
