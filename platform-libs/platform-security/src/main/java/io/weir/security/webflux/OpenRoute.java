package io.weir.security.webflux;

import org.springframework.http.HttpMethod;

/// A route that takes calls without a passport, because its caller proves itself otherwise. A bean of a service; one
/// exact method and path, nothing below or beside it.
///
/// @param path raw, from the root, without a query
public record OpenRoute(HttpMethod method, String path) {

    public OpenRoute {
        if (!path.startsWith("/") || path.contains("*") || path.contains("{")) {
            throw new IllegalArgumentException("open route: '" + path + "' (expected: one exact path)");
        }
    }

    boolean isFor(HttpMethod asked, String rawPath) {
        return method.equals(asked) && path.equals(rawPath);
    }
}
