package io.weir.gateway.wire;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// TLS at the gateway's own port for it.
///
/// @param port where TLS is served, beside `server.port`; 0: any free one; null: nowhere
/// @param address to listen at; null: as `server.address`
/// @param certificate PEM file with the certificate and, behind it, those of its issuers
/// @param privateKey PEM file with the certificate's key, PKCS#8
/// @param bundle name of a `spring.ssl.bundle` in place of the two files
/// @param protocols versions that are taken: `TLSv1.3`, and `TLSv1.2` where old clients need it
/// @param reloadEvery how often the files are looked at; a changed pair serves new connections
/// @param plainHttp who may still call the other port, which is not encrypted; only where there is a port for
///     TLS
@ConfigurationProperties("weir.tls")
record TlsProperties(
        @Nullable Integer port,
        @Nullable String address,
        @Nullable Path certificate,
        @Nullable Path privateKey,
        @Nullable String bundle,
        @DefaultValue("TLSv1.3") List<String> protocols,
        @DefaultValue("5s") Duration reloadEvery,
        @DefaultValue("loopback") PlainHttp plainHttp) {

    private static final List<String> KNOWN = List.of("TLSv1.3", "TLSv1.2");

    TlsProperties {
        if (port != null && (certificate == null || privateKey == null) == (bundle == null)) {
            throw new IllegalArgumentException("weir.tls.port: set (expected: with it weir.tls.certificate and"
                    + " weir.tls.private-key, or weir.tls.bundle)");
        }
        if (protocols.isEmpty() || !KNOWN.containsAll(protocols)) {
            throw new IllegalArgumentException("weir.tls.protocols: " + protocols + " (expected: among " + KNOWN + ")");
        }
        if (reloadEvery.toMillis() < 100) {
            throw new IllegalArgumentException(
                    "weir.tls.reload-every: " + reloadEvery + " (expected: at least 100 ms)");
        }
    }

    /// Who may call without TLS.
    enum PlainHttp {
        EVERYBODY,
        /// Programs on the same machine.
        LOOPBACK,
        /// Nobody, health checks aside.
        NOBODY
    }
}
