package io.weir.gateway.edge;

import io.weir.gateway.address.ClientAddresses.ForwardingHeader;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The edge's settings.
///
/// @param baseDomain every tenant has its subdomain under it; a subdomain may name a tenant, never grant one
/// @param maxRequestBytes largest request body; above it 413
/// @param maxUploadBytes largest body of a file's upload; above it 413
/// @param allowedOrigins whose pages may call, whatever the tenant, for example `https://console.example.com`;
///     `*`: everybody's. Programs, which send no Origin, always may
/// @param hosts names under which the gateway is called: exact, or `*.example.com` for all below, or `*`;
///     empty: the base domain, all below it, and the loopback names
/// @param trustedProxies addresses or ranges of the proxies in front, which are believed about whom they speak
///     for
/// @param forwardingHeader the header in which those proxies tell it
/// @param maxHeaders most header lines of a request; above it 431
/// @param maxHeaderBytes largest request line and headers together; above it 431, or 414 for the line alone
/// @param headTimeout how long a request's head may take to come; then its connection is closed
/// @param bodyTimeout the same for its body, of which a kilobyte must come in every 30 seconds
@ConfigurationProperties("weir.gateway")
record GatewayProperties(
        @DefaultValue("app.example.com") String baseDomain,
        @DefaultValue("10MB") DataSize maxRequestBytes,
        @DefaultValue("201MB") DataSize maxUploadBytes,
        @DefaultValue Set<String> allowedOrigins,
        @DefaultValue Set<String> hosts,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("x-forwarded-for") ForwardingHeader forwardingHeader,
        @DefaultValue("100") int maxHeaders,
        @DefaultValue("16KB") DataSize maxHeaderBytes,
        @DefaultValue("15s") Duration headTimeout,
        @DefaultValue("10m") Duration bodyTimeout) {

    GatewayProperties {
        if (maxRequestBytes.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "weir.gateway.max-request-bytes: " + maxRequestBytes + " (expected: at least 1B)");
        }
        if (maxUploadBytes.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "weir.gateway.max-upload-bytes: " + maxUploadBytes + " (expected: at least 1B)");
        }
        if (maxHeaders < 1) {
            throw new IllegalArgumentException("weir.gateway.max-headers: " + maxHeaders + " (expected: at least 1)");
        }
        if (maxHeaderBytes.toBytes() < 1_024 || maxHeaderBytes.toBytes() > 1_048_576) {
            throw new IllegalArgumentException(
                    "weir.gateway.max-header-bytes: " + maxHeaderBytes + " (expected: 1KB to 1MB)");
        }
        demandPositive("head-timeout", headTimeout);
        demandPositive("body-timeout", bodyTimeout);
        hosts = hosts.isEmpty()
                ? Set.of(baseDomain, "*." + baseDomain, "localhost", "127.0.0.1", "[::1]")
                : Set.copyOf(hosts);
    }

    private static void demandPositive(String name, Duration time) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException("weir.gateway." + name + ": " + time + " (expected: more than 0s)");
        }
    }
}
