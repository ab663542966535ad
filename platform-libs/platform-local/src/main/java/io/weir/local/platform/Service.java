package io.weir.local.platform;

import io.weir.local.state.Port;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/// The services, each with what must be ready before its first start.
enum Service {
    TENANT(Port.TENANT, 192, "databases kafka"),
    ORCHESTRATION(Port.ORCHESTRATION, 256, "databases kafka redis provider-simulator"),
    BILLING(Port.BILLING, 192, "databases kafka stripe-simulator"),
    ANALYTICS(Port.ANALYTICS, 192, "databases kafka clickhouse"),
    GATEWAY(Port.GATEWAY, 192, "kafka redis");

    private final Port port;
    private final int heapMegabytes;
    private final String needs;

    Service(Port port, int heapMegabytes, String needs) {
        this.port = port;
        this.heapMegabytes = heapMegabytes;
        this.needs = needs;
    }

    static Service of(String issuer) {
        return valueOf(issuer.toUpperCase(Locale.ROOT));
    }

    /// As passports and snapshots name it: `tenant`.
    String issuer() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// As people and modules name it: `tenant-service`.
    String title() {
        return issuer() + "-service";
    }

    Port port() {
        return port;
    }

    int heapMegabytes() {
        return heapMegabytes;
    }

    Set<String> needs() {
        return Set.of(needs.split(" ", -1));
    }

    boolean hasDatabase() {
        return this == TENANT || this == ORCHESTRATION || this == BILLING;
    }

    /// The packaged application in a checkout.
    Path jar(Path home) {
        return home.resolve(title()).resolve("target").resolve(title() + "-0.1.0-SNAPSHOT-exec.jar");
    }
}
