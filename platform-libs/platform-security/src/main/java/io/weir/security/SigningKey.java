package io.weir.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/// A service's own Ed25519 key: signs its passports and its snapshots. Safe for use by many threads.
///
/// @param service the owner's name, for example `tenant`
/// @param id names the public half in the trusted keys of others
public record SigningKey(String service, String id, PrivateKey key) {

    /// Reads `<service>.<id>.pem`, a PKCS#8 PEM file; owner and id come from the file's name.
    /// Throws [InvalidSecurityFileException] when it cannot be used.
    public static SigningKey load(Path file) {
        try {
            KeyFileName name = KeyFileName.of(file);
            PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pem(file)));
            return new SigningKey(name.service(), name.id(), key);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException broken) {
            throw new InvalidSecurityFileException("weir.security.signing-key", file, broken);
        }
    }

    /// The Ed25519 signature of these bytes, 64 bytes.
    public byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("signing key " + id + " of " + service + " cannot sign", broken);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[" + service + "." + id + "]";
    }

    static byte[] pem(Path file) throws IOException {
        String body = Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return Base64.getDecoder().decode(body);
    }

    /// `<service>.<id>.pem`
    record KeyFileName(String service, String id) {

        static KeyFileName of(Path file) {
            String[] parts = String.valueOf(file.getFileName()).split("\\.", -1);
            if (parts.length != 3 || !parts[2].equals("pem") || parts[0].isEmpty() || parts[1].isEmpty()) {
                throw new IllegalArgumentException(
                        "file name: " + file.getFileName() + " (expected: <service>.<id>.pem)");
            }
            return new KeyFileName(parts[0], parts[1]);
        }
    }
}
