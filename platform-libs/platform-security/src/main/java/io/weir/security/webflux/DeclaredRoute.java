package io.weir.security.webflux;

/// One route as it was declared.
///
/// @param method `*`: any that no route beside it takes
/// @param pattern the path, with variables in braces
public record DeclaredRoute(String method, String pattern, RouteAccess access) {

    /// The attribute under which a route's declaration is found, by visitors and by the requests that it serves.
    public static final String ATTRIBUTE = "io.weir.declared-route";

    static final String ANY_METHOD = "*";

    @Override
    public String toString() {
        return method + " " + pattern;
    }
}
