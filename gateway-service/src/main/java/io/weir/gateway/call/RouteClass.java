package io.weir.gateway.call;

import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.RouteAccess;
import java.util.Locale;
import java.util.Map;

/// What kind of path a request names; the label under which it is routed and counted.
public enum RouteClass {
    /// The OpenAI-compatible API.
    INFERENCE,
    ORCHESTRATION,
    TENANTS,
    BILLING,
    ANALYTICS,
    /// Costs that arise elsewhere, reported as CloudEvents.
    EXTERNAL_COSTS,
    /// The live cost stream as server-sent events.
    COST_EVENTS,
    /// The live cost stream as a WebSocket.
    COST_SOCKET,
    /// Tickets that open a socket: issued here.
    SOCKET_TICKETS,
    /// Stripe's events, without a key: billing-service checks their signature.
    STRIPE_WEBHOOK,
    /// The platform's health: answered here, without a key.
    HEALTH,
    UNKNOWN;

    private static final Map<String, RouteClass> EXACT = Map.of(
            "/api/analytics/costs/stream", COST_EVENTS,
            "/api/events", EXTERNAL_COSTS,
            "/ws/costs", COST_SOCKET,
            "/ws/tickets", SOCKET_TICKETS,
            "/api/billing/webhooks/stripe", STRIPE_WEBHOOK);
    private static final String USAGE_START = "/api/v1/tenants/";
    private static final String USAGE_END = "/usage";

    /// By the raw path, without query, doubled or trailing slashes.
    public static RouteClass of(String path) {
        if (under(path, "/v1")) {
            return INFERENCE;
        }
        RouteClass exact = EXACT.get(path);
        if (exact != null) {
            return exact;
        }
        if (under(path, "/api/analytics") || isUsage(path)) {
            return ANALYTICS;
        }
        if (under(path, "/api/tenants") || under(path, "/api/plans")) {
            return TENANTS;
        }
        if (under(path, "/api/billing")) {
            return BILLING;
        }
        if (under(path, "/api/orchestration")) {
            return ORCHESTRATION;
        }
        return path.equals("/api/health") || path.equals("/api/v1/health") ? HEALTH : UNKNOWN;
    }

    /// Who may call such paths at all; the service behind decides by path and method.
    public RouteAccess access() {
        return switch (this) {
            case INFERENCE -> RouteAccess.anyOf(Scope.INFERENCE);
            case ORCHESTRATION -> RouteAccess.anyOf(Scope.INFERENCE, Scope.TENANT_ADMIN);
            case ANALYTICS, COST_EVENTS, COST_SOCKET, SOCKET_TICKETS -> RouteAccess.anyOf(Scope.ANALYTICS);
            case EXTERNAL_COSTS -> RouteAccess.anyOf(Scope.BILLING, Scope.TENANT_ADMIN);
            case BILLING -> RouteAccess.anyOf(Scope.BILLING, Scope.INFERENCE, Scope.TENANT_ADMIN);
            case TENANTS, UNKNOWN -> RouteAccess.signedIn();
            case STRIPE_WEBHOOK, HEALTH -> RouteAccess.open();
        };
    }

    /// Throws a 403 problem where the caller may not call such paths.
    public void demand(Caller caller) {
        if (access() instanceof RouteAccess.Holders holders && !holders.permits(caller.scopes())) {
            throw Access.lacking(holders, caller.role());
        }
    }

    /// Whether its answers last as long as the caller stays.
    public boolean isLive() {
        return this == COST_EVENTS || this == COST_SOCKET;
    }

    /// The value of meter tags and access records.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static boolean under(String path, String prefix) {
        return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }

    // /api/v1/tenants/{id}/usage, and nothing below or beside it.
    private static boolean isUsage(String path) {
        return path.startsWith(USAGE_START)
                && path.endsWith(USAGE_END)
                && path.length() > USAGE_START.length() + USAGE_END.length()
                && path.indexOf('/', USAGE_START.length()) == path.length() - USAGE_END.length();
    }
}
