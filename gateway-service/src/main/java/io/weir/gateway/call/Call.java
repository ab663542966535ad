package io.weir.gateway.call;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/// One request on its way through. Written by the edge as it learns more, read by what comes after; the steps of one
/// request follow each other, so fields are volatile and not locked.
public final class Call {

    private static final String ATTRIBUTE = Call.class.getName();

    private final String requestId;
    private final RouteClass route;
    private final long startedAt;
    private volatile @Nullable Caller caller;
    private volatile @Nullable String passport;
    private volatile @Nullable String refusal;

    /// @param startedAt a reading of [System#nanoTime()]
    public Call(String requestId, RouteClass route, long startedAt) {
        this.requestId = requestId;
        this.route = route;
        this.startedAt = startedAt;
    }

    public static Call of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    public void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    public String requestId() {
        return requestId;
    }

    public RouteClass route() {
        return route;
    }

    public long startedAt() {
        return startedAt;
    }

    /// Null until the caller is proven.
    public @Nullable Caller caller() {
        return caller;
    }

    public void provenAs(Caller proven) {
        this.caller = proven;
    }

    /// Null until the call is admitted.
    public @Nullable String passport() {
        return passport;
    }

    public void admittedWith(String mintedPassport) {
        this.passport = mintedPassport;
    }

    /// The code of the problem with which the gateway itself answered; null where a service answered.
    public @Nullable String refusal() {
        return refusal;
    }

    public void refusedWith(String code) {
        this.refusal = code;
    }
}
