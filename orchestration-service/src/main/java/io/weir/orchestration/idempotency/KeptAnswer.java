package io.weir.orchestration.idempotency;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// An answer as it was given, to be given again.
///
/// @param head status and headers
/// @param body its bytes; of a stream all of them, to its end
record KeptAnswer(Head head, byte[] body) {

    private static final JsonMapper JSON = JsonMapper.shared();

    // Of the one request that was answered, its connection or its moment, not of the answer.
    private static final Set<String> OF_THE_MOMENT = Set.of(
            "age",
            "connection",
            "content-length",
            "date",
            "keep-alive",
            "openai-processing-ms",
            "request-id",
            "retry-after",
            "retry-after-ms",
            "set-cookie",
            "transfer-encoding",
            "x-cost-usd",
            "x-request-id");

    /// @param headers that belong to the answer, whoever asks for it
    record Head(int status, Map<String, List<String>> headers) {

        static Head of(HttpStatusCode status, HttpHeaders headers) {
            Map<String, List<String>> lasting = new TreeMap<>();
            headers.forEach((name, values) -> {
                String lower = name.toLowerCase(Locale.ROOT);
                if (!OF_THE_MOMENT.contains(lower) && !lower.contains("ratelimit")) {
                    lasting.put(lower, List.copyOf(values));
                }
            });
            return new Head(status.value(), lasting);
        }

        static Head read(byte[] json) {
            return JSON.readValue(json, Head.class);
        }

        byte[] written() {
            return JSON.writeValueAsBytes(this);
        }
    }

    /// What the repetition gets. It costs nothing.
    ///
    /// @param original id of the request that ran
    /// @param requestId of the repetition
    Mono<ServerResponse> again(String original, String requestId) {
        return ServerResponse.status(head.status())
                .headers(headers -> {
                    head.headers().forEach(headers::addAll);
                    headers.set("x-request-id", requestId);
                    headers.set("x-original-request-id", original);
                    headers.set("x-idempotent-replayed", "true");
                    headers.set("x-cost-usd", "0");
                })
                .body((message, context) -> {
                    // A stream stays one: it has no length.
                    if (!MediaType.TEXT_EVENT_STREAM.isCompatibleWith(
                            message.getHeaders().getContentType())) {
                        message.getHeaders().setContentLength(body.length);
                    }
                    return message.writeWith(
                            Mono.fromSupplier(() -> message.bufferFactory().wrap(body)));
                });
    }
}
