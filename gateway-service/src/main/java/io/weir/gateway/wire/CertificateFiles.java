package io.weir.gateway.wire;

import io.weir.security.InvalidSecurityFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/// A certificate and its key as two PEM files that may be replaced at any time, one after the other: a pair
/// that does not fit together is passed over until it does. Not safe for many threads.
final class CertificateFiles {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateFiles.class);

    private final Path certificate;
    private final Path privateKey;
    private Stamp loaded;
    private Stamp broken;

    private record Stamp(FileTime certificate, long certificateSize, FileTime key, long keySize) {

        static final Stamp NONE = new Stamp(FileTime.fromMillis(0), -1, FileTime.fromMillis(0), -1);
    }

    CertificateFiles(Path certificate, Path privateKey) {
        this.certificate = certificate;
        this.privateKey = privateKey;
        this.loaded = Stamp.NONE;
        this.broken = Stamp.NONE;
    }

    /// Throws [InvalidSecurityFileException] where they cannot be used.
    X509ExtendedKeyManager load() {
        try {
            loaded = stamp();
            return keys(SslBundle.of(new PemSslStoreBundle(
                    PemSslStoreDetails.forCertificate(Files.readString(certificate))
                            .withPrivateKey(Files.readString(privateKey)),
                    null)));
        } catch (IOException | RuntimeException unusable) {
            throw new InvalidSecurityFileException("weir.tls.certificate", certificate, unusable);
        }
    }

    /// Gives them to the keys in use where they changed.
    void reload(ServerKeys inUse) {
        Stamp before = loaded;
        try {
            Stamp now = stamp();
            if (!now.equals(before) && !now.equals(broken)) {
                inUse.replace(load());
                LOG.info("New connections get the certificate of {} as it is now", certificate);
            }
        } catch (IOException | InvalidSecurityFileException unusable) {
            broken = loaded;
            loaded = before;
            LOG.error("The certificate known before stays in use: {}", unusable.getMessage());
        }
    }

    private Stamp stamp() throws IOException {
        return new Stamp(
                Files.getLastModifiedTime(certificate), Files.size(certificate),
                Files.getLastModifiedTime(privateKey), Files.size(privateKey));
    }

    static X509ExtendedKeyManager keys(SslBundle bundle) {
        List<KeyManager> all = Arrays.asList(bundle.getManagers().getKeyManagers());
        return all.stream()
                .filter(X509ExtendedKeyManager.class::isInstance)
                .map(X509ExtendedKeyManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no key for a server"));
    }
}
