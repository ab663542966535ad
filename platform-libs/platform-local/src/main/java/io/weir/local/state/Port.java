package io.weir.local.state;

import java.util.Locale;

/// The ports of the platform with their defaults. `WEIR_PORT_<NAME>` overrides one.
public enum Port {
    GATEWAY(8080),
    HTTPS(8443),
    TENANT(8081),
    ORCHESTRATION(8082),
    BILLING(8083),
    ANALYTICS(8084),
    GATEWAY_MANAGEMENT(18080),
    TENANT_MANAGEMENT(18081),
    ORCHESTRATION_MANAGEMENT(18082),
    BILLING_MANAGEMENT(18083),
    ANALYTICS_MANAGEMENT(18084),
    PROVIDER_SIMULATOR(8090),
    STRIPE_SIMULATOR(8091),
    KAFKA(19092),
    POSTGRES(15432),
    REDIS(16379),
    CLICKHOUSE(18123);

    private static final int MANAGEMENT_OFFSET = 10_000;
    private static final String MANAGEMENT = "_MANAGEMENT";

    private final int number;

    Port(int number) {
        this.number = number;
    }

    int byDefault() {
        return number;
    }

    String variable() {
        return "WEIR_PORT_" + name();
    }

    /// The name in `ports.json` and in messages.
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The management port of a service's port.
    public Port management() {
        return valueOf(name() + MANAGEMENT);
    }

    boolean isManagement() {
        return name().endsWith(MANAGEMENT);
    }

    /// The port ten thousand below, whose override moves this one too.
    Port main() {
        return valueOf(name().substring(0, name().length() - MANAGEMENT.length()));
    }

    static int managementOf(int mainPort) {
        return mainPort + MANAGEMENT_OFFSET;
    }
}
