package io.weir.orchestration.storedresponse;

import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.inference.RequestIds;
import io.weir.orchestration.surface.responses.Retelling;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/// `/v1/responses/{id}`: what was kept. Another tenant's response is not there.
final class StoredResponsesRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String ONE = "/v1/responses/{id}";

    private final StoredResponses responses;

    StoredResponsesRoutes(StoredResponses responses) {
        this.responses = responses;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(ONE, CALLERS, this::get)
                .DELETE(ONE, CALLERS, this::delete)
                .POST(ONE + "/cancel", CALLERS, this::cancel)
                .GET(ONE + "/input_items", CALLERS, this::inputItems)
                .any(ONE, RouteAccess.signedIn(), StoredResponsesRoutes::wrongMethod)
                .any(ONE + "/cancel", RouteAccess.signedIn(), StoredResponsesRoutes::wrongMethod)
                .any(ONE + "/input_items", RouteAccess.signedIn(), StoredResponsesRoutes::wrongMethod)
                .build();
    }

    private Mono<StoredResponse> found(ServerRequest request) {
        String id = request.pathVariable("id");
        return responses.find(Access.passport(request).tenant(), id).switchIfEmpty(Mono.error(() -> notFound(id)));
    }

    private static PlatformException notFound(String id) {
        return PlatformException.of(
                ProblemType.NOT_FOUND,
                "response_id",
                "Response with id '" + StoredResponses.shortened(id)
                        + "' not found: it was not stored, expired, or was deleted.");
    }

    private Mono<ServerResponse> get(ServerRequest request) {
        boolean stream = truth(request, "stream");
        long after = after(request, stream);
        return found(request)
                .flatMap(found -> stream
                        ? answer(request)
                                .contentType(MediaType.TEXT_EVENT_STREAM)
                                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                                .header("X-Accel-Buffering", "no")
                                .bodyValue(Retelling.of(found.response(), after))
                        : json(request, found.response()));
    }

    private static boolean truth(ServerRequest request, String name) {
        String text = request.queryParam(name).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw PlatformException.invalid(name, "Invalid value for '" + name + "': expected true or false.");
        }
        return text.equals("true");
    }

    private static long after(ServerRequest request, boolean stream) {
        String text = request.queryParam("starting_after").orElse(null);
        if (text == null) {
            return -1;
        }
        if (!stream) {
            throw PlatformException.invalid(
                    "starting_after",
                    "'starting_after' is only allowed when 'stream' is true. Leave it out, or stream.");
        }
        try {
            return Math.max(-1, Integer.parseInt(text));
        } catch (NumberFormatException none) {
            throw PlatformException.invalid(
                    "starting_after", "Invalid value for 'starting_after': expected the number of an event.");
        }
    }

    private Mono<ServerResponse> delete(ServerRequest request) {
        String id = request.pathVariable("id");
        return responses
                .delete(Access.passport(request).tenant(), id)
                .flatMap(deleted -> deleted
                        ? json(
                                request,
                                WireJson.object()
                                        .put("id", id)
                                        .put("object", "response")
                                        .put("deleted", true))
                        : Mono.error(notFound(id)));
    }

    // What is kept is whole.
    private Mono<ServerResponse> cancel(ServerRequest request) {
        return found(request)
                .flatMap(found -> Mono.error(PlatformException.invalid(
                        "response_id",
                        "'response_id' names a response that was not made in the background and is complete, so that it"
                                + " cannot be cancelled. To end one that is being made, close its connection.")));
    }

    private Mono<ServerResponse> inputItems(ServerRequest request) {
        ItemPage page = ItemPage.of(
                request.queryParam("limit").orElse(null),
                request.queryParam("order").orElse(null),
                request.queryParam("after").orElse(null),
                request.queryParam("before").orElse(null));
        return found(request).flatMap(found -> json(request, page.of(found.input())));
    }

    private static ServerResponse.BodyBuilder answer(ServerRequest request) {
        return ServerResponse.ok().header("x-request-id", RequestIds.of(request));
    }

    private static Mono<ServerResponse> json(ServerRequest request, JsonNode body) {
        return answer(request).contentType(MediaType.APPLICATION_JSON).bodyValue(WireJson.write(body));
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
