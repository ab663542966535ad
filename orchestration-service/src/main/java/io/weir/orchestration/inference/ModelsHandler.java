package io.weir.orchestration.inference;

import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.Route;
import io.weir.security.webflux.Access;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /v1/models` and `/v1/models/{id}`: what the tenant may call.
final class ModelsHandler {

    private final Admission admission;
    private final ModelCatalog catalog;

    ModelsHandler(Admission admission, ModelCatalog catalog) {
        this.admission = admission;
        this.catalog = catalog;
    }

    Mono<ServerResponse> list(ServerRequest request) {
        List<ModelBody> models = Stream.concat(
                        Stream.of(ModelBody.AUTO),
                        catalog.models(tenant(request)).stream().map(ModelBody::of))
                .toList();
        return answer(request, inAnthropicsForm(request) ? AnthropicModels.of(models) : new ListBody("list", models));
    }

    Mono<ServerResponse> one(ServerRequest request) {
        TenantSnapshot tenant = tenant(request);
        String id = request.pathVariable("id").substring(1);
        if (id.equals(ModelCatalog.AUTO)) {
            return one(request, ModelBody.AUTO);
        }
        Route route = catalog.find(id, tenant).orElseThrow(() -> catalog.unknown(id, tenant));
        return one(request, ModelBody.of(route.model()));
    }

    private static Mono<ServerResponse> one(ServerRequest request, ModelBody model) {
        return answer(request, inAnthropicsForm(request) ? AnthropicModels.Entry.of(model) : model);
    }

    // Anthropic's SDKs send it with every request, and no other client does.
    private static boolean inAnthropicsForm(ServerRequest request) {
        return request.headers().firstHeader("anthropic-version") != null;
    }

    private TenantSnapshot tenant(ServerRequest request) {
        return admission.tenant(Access.passport(request));
    }

    private static Mono<ServerResponse> answer(ServerRequest request, Object body) {
        return ServerResponse.ok()
                .header("x-request-id", RequestIds.of(request))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body);
    }

    private record ListBody(String object, List<ModelBody> data) {}

    record ModelBody(String id, String object, long created, String owned_by) {
        // Created with the feature, so that clients that sort by age show it first.
        private static final ModelBody AUTO = new ModelBody(ModelCatalog.AUTO, "model", 1_795_305_600, "weir");

        static ModelBody of(Model model) {
            return new ModelBody(model.model(), "model", model.created(), model.provider());
        }
    }
}
