package io.weir.gateway.edge;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The edge's settings.
///
/// @param baseDomain every tenant has its subdomain under it; a subdomain may name a tenant, never grant one
/// @param maxRequestBytes largest request body; above it 413
/// @param allowedOrigins whose pages may open sockets, for example `https://console.example.com`; `*`: everybody's.
///     Programs, which send no Origin, always may
@ConfigurationProperties("weir.gateway")
record GatewayProperties(
        @DefaultValue("app.example.com") String baseDomain,
        @DefaultValue("10MB") DataSize maxRequestBytes,
        @DefaultValue Set<String> allowedOrigins) {

    GatewayProperties {
        if (maxRequestBytes.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "weir.gateway.max-request-bytes: " + maxRequestBytes + " (expected: at least 1B)");
        }
    }
}
