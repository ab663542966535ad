package io.weir.local.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import io.weir.local.state.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/// Files of mode 0600: the authority's certificate and key, and the gateway's. Made when first asked for, and
/// anew before they end. The authority's certificate is what clients are to trust.
public final class LocalCertificates {

    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3_650);
    private static final Duration SERVER_LIFE = Duration.ofDays(90);
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofHours(1);

    private final Path directory;

    public LocalCertificates(Path directory) {
        this.directory = directory;
    }

    /// The authority's certificate, PEM.
    public Path authority() {
        renew(Instant.now());
        return file("ca.crt");
    }

    /// The gateway's certificate, PEM.
    public Path certificate() {
        renew(Instant.now());
        return file("gateway.crt");
    }

    /// The key of the gateway's certificate, PEM.
    public Path privateKey() {
        renew(Instant.now());
        return file("gateway.key");
    }

    /// Makes what is missing or ends within a month. True where it made something.
    public synchronized boolean renew(Instant now) {
        boolean authorityIsGood = lasts(file("ca.crt"), now) && Files.exists(file("ca.key"));
        if (authorityIsGood && lasts(file("gateway.crt"), now) && Files.exists(file("gateway.key"))) {
            return false;
        }
        try {
            X509Bundle authority = authorityIsGood ? read() : make(now);
            X509Bundle server = valid(now, SERVER_LIFE)
                    .subject("CN=localhost,O=Weir local platform")
                    .addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1")
                    .addSanIpAddress("::1")
                    .setKeyUsage(true, KeyUsage.digitalSignature)
                    .addExtendedKeyUsageServerAuth()
                    .ecp256()
                    .buildIssuedBy(authority);
            PrivateFiles.write(file("gateway.key"), server.getPrivateKeyPEM());
            PrivateFiles.write(file("gateway.crt"), server.getCertificatePEM());
            return true;
        } catch (Exception refused) {
            throw new IllegalStateException("cannot make the certificates in " + directory, refused);
        }
    }

    private X509Bundle make(Instant now) throws Exception {
        X509Bundle authority = valid(now, AUTHORITY_LIFE)
                .subject("CN=Weir local CA " + now.getEpochSecond() + ",O=Weir local platform")
                .setIsCertificateAuthority(true)
                .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign)
                .ecp256()
                .buildSelfSigned();
        PrivateFiles.write(file("ca.key"), authority.getPrivateKeyPEM());
        PrivateFiles.write(file("ca.crt"), authority.getCertificatePEM());
        return authority;
    }

    private X509Bundle read() throws GeneralSecurityException {
        X509Certificate certificate = certificate(file("ca.crt"));
        String pem = PrivateFiles.read(file("ca.key"))
                .replaceAll("-----[A-Z ]+-----", "")
                .replaceAll("\\s", "");
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        return X509Bundle.fromRootCertificateAuthority(certificate, new KeyPair(certificate.getPublicKey(), key));
    }

    private static CertificateBuilder valid(Instant now, Duration life) {
        return new CertificateBuilder().notBefore(now.minus(CLOCKS_DIFFER_BY)).notAfter(now.plus(life));
    }

    private static boolean lasts(Path file, Instant now) {
        if (!Files.exists(file)) {
            return false;
        }
        try {
            return certificate(file).getNotAfter().toInstant().isAfter(now.plus(RENEWED_BEFORE_END));
        } catch (GeneralSecurityException unreadable) {
            return false;
        }
    }

    private static X509Certificate certificate(Path file) throws GeneralSecurityException {
        byte[] pem = PrivateFiles.read(file).getBytes(StandardCharsets.UTF_8);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }

    private Path file(String name) {
        return directory.resolve(name);
    }
}
