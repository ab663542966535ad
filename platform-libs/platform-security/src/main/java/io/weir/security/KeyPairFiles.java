package io.weir.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

/// Makes a service's key pair as files: the private half readable by its owner alone.
public final class KeyPairFiles {

    private KeyPairFiles() {}

    /// Writes `<service>.<id>.pem` into both directories and returns the private one's path.
    /// The id is the start of the public key's SHA-256. Throws [IOException] when a directory cannot be written.
    public static Path generate(String service, Path privateDirectory, Path publicDirectory) throws IOException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(pair.getPublic().getEncoded());
            String name = service + "." + HexFormat.of().formatHex(digest, 0, 6) + ".pem";
            Path file = privateDirectory.resolve(name);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            publish(
                    publicDirectory.resolve(name),
                    pem("PUBLIC KEY", pair.getPublic().getEncoded()));
            return file;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Ed25519 and SHA-256 are part of every JDK", missing);
        }
    }

    // Services that run read the directory at any moment: what ends in .pem is whole.
    private static void publish(Path file, String pem) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(next, pem);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }
}
