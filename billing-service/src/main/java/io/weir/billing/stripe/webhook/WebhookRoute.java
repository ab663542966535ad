package io.weir.billing.stripe.webhook;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// `POST /api/billing/webhooks/stripe`: no passport, the signature alone says who calls. Answers 200 when the event is
/// durable; it is applied later. Refuses before it reads what a body says.
final class WebhookRoute {

    static final String PATH = "/api/billing/webhooks/stripe";

    private static final Logger LOG = LoggerFactory.getLogger(WebhookRoute.class);
    private static final int LARGEST_BODY = 1_048_576;
    private static final String HEADER = "stripe-signature";

    private final Optional<SignatureCheck> signatures;
    private final R2dbcStripeEvents events;
    private final JsonMapper json;
    private final MeterRegistry meters;

    /// @param signatures empty where no secret is set: then nobody can be believed
    WebhookRoute(Optional<SignatureCheck> signatures, R2dbcStripeEvents events, JsonMapper json, MeterRegistry meters) {
        this.signatures = signatures;
        this.events = events;
        this.json = json;
        this.meters = meters;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .POST(PATH, RouteAccess.open(), this::receive)
                .build();
    }

    private Mono<ServerResponse> receive(ServerRequest request) {
        SignatureCheck check = signatures.orElseThrow(() -> {
            count("not_set_up");
            return new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    "Stripe's events are not taken here: weir.stripe.api-key or weir.stripe.webhook-secret is not set.");
        });
        String header = request.headers().firstHeader(HEADER);
        return body(request).flatMap(body -> take(check, body, header));
    }

    private static Mono<String> body(ServerRequest request) {
        return DataBufferUtils.join(request.body(BodyExtractors.toDataBuffers()), LARGEST_BODY)
                .map(WebhookRoute::text)
                .defaultIfEmpty("");
    }

    private static String text(DataBuffer buffer) {
        String text = buffer.toString(StandardCharsets.UTF_8);
        DataBufferUtils.release(buffer);
        return text;
    }

    private Mono<ServerResponse> take(SignatureCheck check, String body, @Nullable String header) {
        Optional<String> refusal = check.refusal(body, header);
        if (refusal.isPresent()) {
            count("refused");
            LOG.warn("Refused an event at {}: {}", PATH, refusal.get());
            throw PlatformException.invalid(
                    HEADER,
                    "The event is refused: " + refusal.get()
                            + ". Send the body as Stripe sent it, with its Stripe-Signature, within five minutes.");
        }
        StripeEvent event = StripeEvent.read(json, body).orElseThrow(() -> {
            count("unreadable");
            LOG.warn("Refused a signed body at {} that is no event", PATH);
            return PlatformException.invalid("body", "The body is signed, and is not an event of Stripe's.");
        });
        return events.add(event)
                .doOnNext(fresh -> count(fresh ? "accepted" : "duplicate"))
                .flatMap(fresh -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Map.of("received", true)));
    }

    private void count(String outcome) {
        meters.counter("weir.stripe.webhooks", "outcome", outcome).increment();
    }
}
