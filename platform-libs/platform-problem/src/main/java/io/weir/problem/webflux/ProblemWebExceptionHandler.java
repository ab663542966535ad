package io.weir.problem.webflux;

import io.weir.problem.ErrorBody;
import io.weir.problem.ErrorShape;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/// Turns every failure of a request into one of the fixed error shapes. Nothing reaches a caller unshaped,
/// and no text of an unexpected exception ever does.
public final class ProblemWebExceptionHandler implements WebExceptionHandler, Ordered {

    /// The exchange attribute under which the request's id is found.
    public static final String REQUEST_ID = "io.weir.request-id";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemWebExceptionHandler.class);

    // Before Spring Boot's own handler, which stands at -1.
    @Override
    public int getOrder() {
        return -2;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(failure);
        }
        PlatformException problem = failure instanceof InvalidMediaTypeException
                ? malformedHeader(exchange.getRequest().getHeaders())
                : translated(failure, requestId(exchange));
        return write(exchange, problem);
    }

    /// Writes a problem as the whole answer.
    public static Mono<Void> write(ServerWebExchange exchange, PlatformException problem) {
        String requestId = requestId(exchange);
        String path = exchange.getRequest().getPath().value();
        ErrorBody body = ErrorBody.forPath(path, problem, requestId);
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(problem.type().status()));
        HttpHeaders headers = response.getHeaders();
        headers.set("x-request-id", requestId);
        if (ErrorShape.of(path).hasRequestIdHeader()) {
            headers.set("request-id", requestId);
        }
        headers.set(HttpHeaders.CONTENT_TYPE, body.contentType());
        headers.setContentLength(body.bytes().length);
        switch (problem.type().retry()) {
            case NEVER -> headers.set("x-should-retry", "false");
            case SOON -> headers.set("x-should-retry", "true");
            case UNSPECIFIED -> {}
        }
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body.bytes())));
    }

    private static String requestId(ServerWebExchange exchange) {
        String attribute = exchange.getAttribute(REQUEST_ID);
        if (attribute != null) {
            return attribute;
        }
        String header = exchange.getRequest().getHeaders().getFirst("x-request-id");
        return header == null ? exchange.getRequest().getId() : header;
    }

    private static PlatformException translated(Throwable failure, String requestId) {
        return switch (failure) {
            case PlatformException problem -> problem;
            case DataBufferLimitException tooLarge ->
                new PlatformException(
                        ProblemType.REQUEST_TOO_LARGE, "The request body is too large. Send a smaller one.", tooLarge);
            case ResponseStatusException known -> ofStatus(known.getStatusCode(), known, requestId);
            case ErrorResponseException known -> ofStatus(known.getStatusCode(), known, requestId);
            default ->
                DisconnectedClientHelper.isClientDisconnectedException(failure)
                        ? gone(failure, requestId)
                        : unexpected(failure, requestId);
        };
    }

    // Nobody reads the answer. It says what would be true of a connection to something behind us, too.
    private static PlatformException gone(Throwable failure, String requestId) {
        LOG.debug("The client of request {} left", requestId, failure);
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE, "The connection was closed. Try again in a moment.", failure);
    }

    private static PlatformException malformedHeader(HttpHeaders headers) {
        String header = HttpHeaders.ACCEPT;
        try {
            headers.getContentType();
        } catch (InvalidMediaTypeException malformed) {
            header = HttpHeaders.CONTENT_TYPE;
        }
        return PlatformException.of(
                ProblemType.INVALID_REQUEST,
                header,
                "The header " + header + " is not a media type such as application/json.");
    }

    private static PlatformException ofStatus(HttpStatusCode status, Exception failure, String requestId) {
        if (failure.getCause() instanceof DataBufferLimitException) {
            return translated(failure.getCause(), requestId);
        }
        return switch (HttpStatus.resolve(status.value())) {
            case NOT_FOUND ->
                new PlatformException(ProblemType.NOT_FOUND, "There is no such path. See the API reference.");
            case METHOD_NOT_ALLOWED ->
                new PlatformException(ProblemType.METHOD_NOT_ALLOWED, "This path does not take that method.");
            case UNSUPPORTED_MEDIA_TYPE ->
                new PlatformException(
                        ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body as Content-Type: application/json.");
            case NOT_ACCEPTABLE ->
                new PlatformException(ProblemType.NOT_ACCEPTABLE, "The answer cannot be given in the accepted types.");
            case CONTENT_TOO_LARGE ->
                new PlatformException(
                        ProblemType.REQUEST_TOO_LARGE, "The request body is too large. Send a smaller one.");
            case SERVICE_UNAVAILABLE, GATEWAY_TIMEOUT ->
                new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE, "The service is not available. Try again in a moment.");
            case null, default ->
                status.is4xxClientError()
                        ? new PlatformException(
                                ProblemType.INVALID_REQUEST, "The request could not be read. Check its form.", failure)
                        : unexpected(failure, requestId);
        };
    }

    private static PlatformException unexpected(Throwable failure, String requestId) {
        LOG.error("Request {} failed unexpectedly", requestId, failure);
        return new PlatformException(
                ProblemType.INTERNAL_ERROR,
                "Something went wrong on our side. Try again, and report the request id if it stays.",
                failure);
    }
}
