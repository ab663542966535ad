package io.weir.gateway.access;

/// The gateway's meters. None carries a tenant.
enum GatewayMeter {
    /// Timer in seconds; tags `route`, `status` (`2xx` ... `5xx`; a client that left is a `4xx`).
    REQUESTS("gateway.requests", "requests by route and kind of status, to the end of the answer"),
    /// Timer in seconds, of models' calls by proven callers; tags `plan` (at most 16, else `other`), `status`.
    CALLS("gateway.calls", "calls of models by the caller's plan and kind of status, to the end of the answer"),
    /// Counter of requests; tag `reason`, the problem's code.
    REFUSALS("gateway.refusals", "requests that the gateway itself refused"),
    /// Counter of records.
    ACCESS_DROPPED("gateway.access.dropped", "access records that never reached the broker");

    private final String id;
    private final String description;

    GatewayMeter(String id, String description) {
        this.id = id;
        this.description = description;
    }

    String id() {
        return id;
    }

    String description() {
        return description;
    }
}
