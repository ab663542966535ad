package io.weir.security.webflux;

/// A route that does not say who may call it.
public final class UndeclaredRouteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UndeclaredRouteException(String route) {
        super("The route " + route + " does not declare who may call it. Make it with DeclaredRoutes.route(), which"
                + " takes a RouteAccess with every route.");
    }

    UndeclaredRouteException(String route, String mismatch) {
        super("The route " + route + " " + mismatch);
    }
}
