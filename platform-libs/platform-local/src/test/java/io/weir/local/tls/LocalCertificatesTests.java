package io.weir.local.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.state.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCertificatesTests {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void theGatewaysCertificateIsOfTheAuthorityAndForLoopbackNames() throws Exception {
        LocalCertificates made = new LocalCertificates(directory);
        X509Certificate authority = read(made.authority());
        X509Certificate gateway = read(made.certificate());

        gateway.verify(authority.getPublicKey());
        List<String> names = Objects.requireNonNull(gateway.getSubjectAlternativeNames()).stream()
                .map(name -> String.valueOf(name.get(1)))
                .toList();
        assertThat(names).contains("localhost", "127.0.0.1").anyMatch(name -> name.contains(":1"));
        assertThat(gateway.getBasicConstraints()).isEqualTo(-1);
        assertThat(authority.getBasicConstraints()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void nobodyButTheOwnerReadsTheFiles() throws IOException {
        new LocalCertificates(directory).certificate();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files)
                    .hasSize(4)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void theyAreKeptUntilAMonthBeforeTheirEndAndRenewedByTheSameAuthority() throws Exception {
        LocalCertificates made = new LocalCertificates(directory);
        X509Certificate authority = read(made.authority());
        X509Certificate first = read(made.certificate());
        Instant end = first.getNotAfter().toInstant();

        assertThat(made.renew(end.minus(Duration.ofDays(31)))).isFalse();
        assertThat(made.renew(end.minus(Duration.ofDays(29)))).isTrue();
        X509Certificate second = read(directory.resolve("gateway.crt"));
        assertThat(second.getNotAfter().toInstant()).isAfter(end);
        assertThat(read(directory.resolve("ca.crt"))).isEqualTo(authority);
        second.verify(authority.getPublicKey());
        assertThat(made.renew(authority.getNotAfter().toInstant().minus(Duration.ofDays(1))))
                .isTrue();
        assertThat(read(directory.resolve("ca.crt"))).isNotEqualTo(authority);
    }

    private static X509Certificate read(Path file) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(PrivateFiles.read(file).getBytes(StandardCharsets.UTF_8)));
    }
}
