package io.weir.tenant.request;

import io.weir.problem.PlatformException;
import org.springframework.web.reactive.function.server.ServerRequest;

/// How long a page may be.
public final class Limit {

    private Limit() {}

    /// The query parameter `limit`; a 400 where it is no number from 1 to `highest`.
    public static int of(ServerRequest request, int byDefault, int highest) {
        String text = request.queryParam("limit").orElse("");
        if (text.isEmpty()) {
            return byDefault;
        }
        if (text.matches("\\d{1,9}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= highest) {
                return limit;
            }
        }
        throw PlatformException.invalid("limit", "The limit must be a whole number from 1 to " + highest + ".");
    }
}
