package io.weir.tenant.request;

import io.weir.problem.PlatformException;
import org.springframework.web.reactive.function.server.ServerRequest;

/// A query parameter that is true or false.
public final class Flag {

    private Flag() {}

    /// False where it is absent; true where it has no value. Throws a 400 for anything else.
    public static boolean of(ServerRequest request, String name) {
        return switch (request.queryParam(name).orElse("false")) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw PlatformException.invalid(name, name + " must be true or false.");
        };
    }
}
