package io.weir.orchestration.inference;

import io.weir.problem.webflux.ProblemWebExceptionHandler;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.web.reactive.function.server.ServerRequest;

/// The id of a request: the gateway's, which alone mints them; one of our own where a call came without.
public final class RequestIds {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{8,64}");

    private RequestIds() {}

    /// Of this request, the same for every caller.
    public static String of(ServerRequest request) {
        String known = (String) request.attributes().get(ProblemWebExceptionHandler.REQUEST_ID);
        if (known != null) {
            return known;
        }
        String header = request.headers().firstHeader("x-request-id");
        String id = header != null && FORM.matcher(header).matches()
                ? header
                : UUID.randomUUID().toString();
        request.attributes().put(ProblemWebExceptionHandler.REQUEST_ID, id);
        return id;
    }
}
