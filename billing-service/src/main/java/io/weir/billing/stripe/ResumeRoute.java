package io.weir.billing.stripe;

import io.weir.billing.invoice.InvoiceState;
import io.weir.billing.stripe.R2dbcResuming.Resumed;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `POST /api/billing/invoices/{id}/resume`: an operator has looked, and the invoice goes on.
final class ResumeRoute {

    private static final String PATH = "/api/billing/invoices/{id}/resume";

    private static final Logger LOG = LoggerFactory.getLogger(ResumeRoute.class);
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final R2dbcResuming invoices;
    private final @Nullable StripeFollowing following;

    /// @param following null where Stripe is not set up: then nothing can be sent
    ResumeRoute(R2dbcResuming invoices, @Nullable StripeFollowing following) {
        this.invoices = invoices;
        this.following = following;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .POST(PATH, RouteAccess.platform(), this::resume)
                .build();
    }

    private Mono<ServerResponse> resume(ServerRequest request) {
        UUID id = id(request.pathVariable("id"));
        if (following == null) {
            throw new PlatformException(
                    ProblemType.CONFLICT, "Stripe is not set up here. Set weir.stripe.api-key, then resume again.");
        }
        return looked(following, id)
                .then(Mono.defer(() -> invoices.resume(id)))
                .switchIfEmpty(Mono.error(() -> notFound()))
                .flatMap(resumed -> answer(id, resumed));
    }

    // What the operator did at Stripe counts, whether or not its event has come. Where Stripe cannot be asked
    // now, the worker asks later.
    private static Mono<String> looked(StripeFollowing following, UUID id) {
        return following.followParked(id).timeout(LOOK).onErrorResume(failed -> {
            LOG.info("Invoice {} is resumed without a look at Stripe: {}", id, failed.toString());
            return Mono.empty();
        });
    }

    private static Mono<ServerResponse> answer(UUID id, Resumed resumed) {
        return switch (resumed) {
            case Resumed.OnItsWay onItsWay ->
                ServerResponse.accepted()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Map.of("id", id, "state", InvoiceState.RATED));
            case Resumed.NotParked(InvoiceState state) -> Mono.error(nothingToResume(state));
        };
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
