package io.weir.billing.stripe;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import io.weir.billing.invoice.InvoiceState;
import io.weir.billing.stripe.R2dbcResuming.Resumed;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `POST /api/billing/invoices/{id}/resume`: an operator has looked, and the invoice goes on.
final class ResumeRoute {

    private static final String PATH = "/api/billing/invoices/{id}/resume";

    private final R2dbcResuming invoices;
    private final boolean stripeIsSetUp;

    /// @param stripeIsSetUp without it nothing can be sent
    ResumeRoute(R2dbcResuming invoices, boolean stripeIsSetUp) {
        this.invoices = invoices;
        this.stripeIsSetUp = stripeIsSetUp;
    }

    RouterFunction<ServerResponse> routes() {
        return route().POST(PATH, this::resume).build();
    }

    private Mono<ServerResponse> resume(ServerRequest request) {
        Access.demand(request, Scope.PLATFORM_ADMIN);
        UUID id = id(request.pathVariable("id"));
        if (!stripeIsSetUp) {
            throw new PlatformException(
                    ProblemType.CONFLICT, "Stripe is not set up here. Set weir.stripe.api-key, then resume again.");
        }
        return invoices.resume(id).switchIfEmpty(Mono.error(() -> notFound())).flatMap(resumed -> switch (resumed) {
            case Resumed.OnItsWay onItsWay ->
                ServerResponse.accepted()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Map.of("id", id, "state", InvoiceState.RATED));
            case Resumed.NotParked(InvoiceState state) -> Mono.error(nothingToResume(state));
        });
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException notAnId) {
            throw notFound();
        }
    }

    private static PlatformException nothingToResume(InvoiceState state) {
        return new PlatformException(
                ProblemType.CONFLICT,
                "The invoice is " + state.wireName()
                        + ", so there is nothing to resume. Only parked invoices, and final"
                        + " ones that were never sent, can be.");
    }

    private static PlatformException notFound() {
        return new PlatformException(ProblemType.NOT_FOUND, "There is no such invoice. Check the id.");
    }
}
