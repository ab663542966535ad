package io.weir.orchestration.inference;

import io.weir.orchestration.inference.PlainCall.Answered;
import io.weir.orchestration.lane.TenantTokens;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.route.Candidate;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// What every route that asks providers does alike with requests and answers.
public final class ClientExchange {

    private static final int LARGEST_BODY = 32 * 1024 * 1024;
    private static final String WARNINGS = "x-weir-warnings";
    private static final String API_VERSION = "2020-10-01";

    private ClientExchange() {}

    /// The whole body; empty where there is none. Fails with a 413 when it is too large.
    public static Mono<byte[]> body(ServerRequest request) {
        request.exchange().getResponse().getHeaders().set("openai-version", API_VERSION);
        return DataBufferUtils.join(request.body(BodyExtractors.toDataBuffers()), LARGEST_BODY)
                .map(ClientExchange::bytes)
                .defaultIfEmpty(new byte[0]);
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    /// A whole answer, which was settled.
    public static Mono<ServerResponse> whole(BookedCall call, Answered answered) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> describe(headers, call, answered.served(), answered.fallbacks()))
                .header("x-cost-usd", answered.cost().toPlainString())
                .body((message, context) -> {
                    message.getHeaders().setContentLength(answered.body().length);
                    return message.writeWith(Mono.just(message.bufferFactory().wrap(answered.body())));
                });
    }

    static void describe(HttpHeaders headers, BookedCall call, Candidate served, int fallbacks) {
        headers.set("x-request-id", call.requestId());
        headers.set("x-served-model", served.route().model().model());
        headers.set("x-route-reason", served.route().reason());
        headers.set("x-cache", AnswerTap.of(call).cache());
        if (!served.warnings().isEmpty()) {
            headers.set(WARNINGS, String.join(", ", served.warnings()));
        }
        headers.set("x-fallback-count", Integer.toString(fallbacks));
        headers.set("openai-processing-ms", Long.toString(call.elapsedMillis()));
    }

    /// What is left of the tenant's tokens per minute, where that is limited. To be written before the answer.
    public static void tell(ServerRequest request, TenantTokens.@Nullable Allowance allowance) {
        if (allowance != null) {
            HttpHeaders headers = request.exchange().getResponse().getHeaders();
            headers.set("x-ratelimit-limit-tokens", Long.toString(allowance.limit()));
            headers.set("x-ratelimit-remaining-tokens", Long.toString(allowance.remaining()));
            headers.set("x-ratelimit-reset-tokens", allowance.reset().toMillis() + "ms");
        }
    }

    /// What the caller is told of a provider's failure. A rate limit says in headers how long to wait.
    public static PlatformException explained(ServerRequest request, ProviderFailure failure) {
        Duration wait = failure.retryAfter();
        if (wait != null || failure.problem().type() == ProblemType.UPSTREAM_RATE_LIMITED) {
            Duration told = wait == null ? Duration.ofSeconds(1) : wait;
            HttpHeaders headers = request.exchange().getResponse().getHeaders();
            headers.set(
                    "retry-after",
                    Long.toString(Math.max(1, told.plusMillis(999).toSeconds())));
            headers.set("retry-after-ms", Long.toString(told.toMillis()));
        }
        return failure.problem();
    }
}
