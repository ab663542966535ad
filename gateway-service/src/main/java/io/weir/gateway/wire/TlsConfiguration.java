package io.weir.gateway.wire;

import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandler;

@Configuration(proxyBeanMethods = false)
class TlsConfiguration {

    private static final String PORT = "weir.tls.port";

    /// Keys, and what looks for newer ones.
    record Certificates(ServerKeys keys, Runnable reload) {}

    @Bean
    PlainHttpRule plainHttpRule(TlsProperties tls) {
        return new PlainHttpRule(tls);
    }

    @Bean
    @ConditionalOnProperty(PORT)
    Certificates certificates(TlsProperties tls, SslBundles bundles) {
        String bundle = tls.bundle();
        if (bundle != null) {
            ServerKeys keys = new ServerKeys(CertificateFiles.keys(bundles.getBundle(bundle)));
            bundles.addBundleUpdateHandler(bundle, changed -> keys.replace(CertificateFiles.keys(changed)));
            return new Certificates(keys, () -> {});
        }
        CertificateFiles files = new CertificateFiles(
                Objects.requireNonNull(tls.certificate()), Objects.requireNonNull(tls.privateKey()));
        ServerKeys keys = new ServerKeys(files.load());
        return new Certificates(keys, () -> files.reload(keys));
    }

    @Bean
    @ConditionalOnProperty(PORT)
    TlsServer tlsServer(
            TlsProperties tls,
            @Value("${server.address:0.0.0.0}") String serverAddress,
            HttpHandler handler,
            ObjectProvider<NettyServerCustomizer> customizers,
            Certificates certificates) {
        String own = tls.address();
        return new TlsServer(
                tls,
                own == null ? serverAddress : own,
                handler,
                customizers.orderedStream().toList(),
                certificates.keys(),
                certificates.reload());
    }

    @Bean
    @ConditionalOnProperty(PORT)
    MeterBinder certificateExpiry(Certificates certificates, Clock clock) {
        return registry -> TimeGauge.builder(
                        "gateway.tls.certificate.left", () -> left(certificates.keys(), clock), TimeUnit.SECONDS)
                .description("time until the certificate in use ends")
                .register(registry);
    }

    private static double left(ServerKeys keys, Clock clock) {
        Instant end = keys.expiresAt();
        return end == null ? Double.NaN : Duration.between(clock.instant(), end).toSeconds();
    }
}
