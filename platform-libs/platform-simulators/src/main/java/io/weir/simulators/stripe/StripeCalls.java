package io.weir.simulators.stripe;

import io.netty.channel.ChannelFuture;
import io.weir.simulators.stripe.behaviour.Conduct;
import io.weir.simulators.stripe.behaviour.StripeBehaviour;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.resource.Resources;
import io.weir.simulators.stripe.wire.IdempotencyKeys;
import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.StripeAnswer;
import io.weir.simulators.stripe.wire.StripeCall;
import io.weir.simulators.stripe.wire.StripeException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.FutureMono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// What every call under `/v1` goes through: its key, its fate, its idempotency key, its effect, its answer.
final class StripeCalls {

    private static final Logger LOG = LoggerFactory.getLogger(StripeCalls.class);

    private static final int MAX_BODY = 1024 * 1024;

    private final Conduct conduct;
    private final IdempotencyKeys keys;
    private final Resources resources;

    StripeCalls(Conduct conduct, IdempotencyKeys keys, Resources resources) {
        this.conduct = conduct;
        this.keys = keys;
        this.resources = resources;
    }

    Mono<Void> answer(String path, HttpServerRequest request, HttpServerResponse response) {
        String requestId =
                "req_" + UUID.randomUUID().toString().replace("-", "").substring(0, 14);
        Conduct.Fate fate = conduct.next();
        return Mono.defer(() -> decided(fate, path, requestId, request))
                .onErrorResume(StripeException.class, refused -> Mono.just(refused.answer()))
                .onErrorResume(RuntimeException.class, StripeCalls::failed)
                .flatMap(answer -> fate == Conduct.Fate.ANSWER_LOST
                        ? hangUp(response)
                        : send(answer, requestId, request, response));
    }

    private Mono<StripeAnswer> decided(Conduct.Fate fate, String path, String requestId, HttpServerRequest request) {
        String account = ApiKey.of(request.requestHeaders());
        return switch (fate) {
            case FAILED ->
                Mono.error(new StripeException(
                        500, "api_error", null, "An unknown error occurred (injected by the simulator).", null));
            case THROTTLED ->
                Mono.error(new StripeException(
                        429,
                        "invalid_request_error",
                        "rate_limit",
                        "Request rate limit exceeded. Learn more about rate limits here"
                                + " https://stripe.com/docs/rate-limits.",
                        null));
            case SERVED, ANSWER_LOST -> read(path, requestId, request).flatMap(call -> served(account, call));
        };
    }

    private Mono<StripeAnswer> served(String account, StripeCall call) {
        StripeBehaviour behaviour = conduct.current();
        if (call.idempotencyKey() == null) {
            return after(behaviour.latency(), () -> StripeAnswer.ok(resources.answer(call)));
        }
        return Mono.defer(() -> {
            StripeAnswer kept = keys.claim(account, call, behaviour.pruneIdempotencyAfter());
            return kept != null ? Mono.just(kept) : after(behaviour.latency(), () -> once(account, call));
        });
    }

    /// Runs a call whose key is claimed, and ends the claim. Not cut short when the client leaves: what has
    /// been claimed takes effect.
    private StripeAnswer once(String account, StripeCall call) {
        try {
            StripeAnswer answer = StripeAnswer.ok(resources.answer(call));
            keys.keep(account, call, answer);
            return answer;
        } catch (StripeException refused) {
            if (refused.isValidation()) {
                keys.release(account, call);
            } else {
                keys.keep(account, call, refused.answer());
            }
            throw refused;
        } catch (RuntimeException defect) {
            keys.release(account, call);
            throw defect;
        }
    }

    // The work runs even when the client has left meanwhile, as Stripe's does: a key that is claimed is always given
    // back.
    private static Mono<StripeAnswer> after(Duration latency, java.util.function.Supplier<StripeAnswer> work) {
        if (latency.isZero()) {
            return Mono.fromSupplier(work);
        }
        Mono<StripeAnswer> delayed =
                Mono.delay(latency).map(elapsed -> work.get()).cache();
        delayed.subscribe(answered -> {}, refused -> {});
        return delayed;
    }

    private static Mono<StripeCall> read(String path, String requestId, HttpServerRequest request) {
        String method = request.method().name();
        boolean post = "POST".equals(method);
        Mono<String> encoded = post ? body(request) : Mono.just(queryOf(request.uri()));
        String key = post ? request.requestHeaders().get("idempotency-key") : null;
        return encoded.map(text -> new StripeCall(method, path, Parameters.parse(text), requestId, blankToNull(key)));
    }

    private static @Nullable String blankToNull(@Nullable String key) {
        return key == null || key.isBlank() ? null : key;
    }

    private static Mono<String> body(HttpServerRequest request) {
        String contentType = request.requestHeaders().get("content-type", "");
        if (contentType.startsWith("application/json")) {
            return Mono.error(new StripeException(
                    400,
                    "invalid_request_error",
                    "parameter_unknown",
                    "Invalid request: send parameters as application/x-www-form-urlencoded, not as JSON.",
                    null));
        }
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, StripeCalls::append)
                .map(bytes -> bytes.toString(StandardCharsets.UTF_8));
    }

    private static void append(ByteArrayOutputStream body, byte[] part) {
        if (body.size() + part.length > MAX_BODY) {
            throw new StripeException(413, "invalid_request_error", null, "Request body too large.", null);
        }
        body.writeBytes(part);
    }

    private static String queryOf(String uri) {
        int question = uri.indexOf('?');
        return question < 0 ? "" : uri.substring(question + 1);
    }

    private static Mono<Void> send(
            StripeAnswer answer, String requestId, HttpServerRequest request, HttpServerResponse response) {
        String version = request.requestHeaders().get("stripe-version", Events.API_VERSION);
        String key = request.requestHeaders().get("idempotency-key");
        response.header("request-id", requestId).header("stripe-version", version);
        if (key != null) {
            response.header("idempotency-key", key);
        }
        return answer.writeTo(response);
    }

    private static Mono<StripeAnswer> failed(RuntimeException defect) {
        LOG.error("A call failed in the simulator itself", defect);
        return Mono.just(
                new StripeException(500, "api_error", null, "The simulator failed: " + defect.getMessage(), null)
                        .answer());
    }

    private static Mono<Void> hangUp(HttpServerResponse response) {
        ChannelFuture[] closing = new ChannelFuture[1];
        return FutureMono.deferFuture(() -> {
            response.withConnection(
                    connection -> closing[0] = connection.channel().close());
            return closing[0];
        });
    }
}
