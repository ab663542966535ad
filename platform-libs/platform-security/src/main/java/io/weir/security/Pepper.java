package io.weir.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The server-side secret under which API keys are hashed (HMAC-SHA-256), so that stolen records verify nothing.
/// Safe for use by many threads.
public final class Pepper {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 32;

    private final String id;
    private final SecretKeySpec secret;

    private Pepper(String id, byte[] secret) {
        if (secret.length < SHORTEST) {
            throw new IllegalArgumentException(
                    "pepper: " + secret.length + " bytes (expected: at least " + SHORTEST + ")");
        }
        this.id = id;
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /// Reads the pepper's file, ignoring white space around it; the file's name without `.pepper` is its id.
    /// Throws [InvalidSecurityFileException] when it cannot be read or is too short.
    public static Pepper load(Path file) {
        try {
            String name = String.valueOf(file.getFileName());
            String id =
                    name.endsWith(Peppers.SUFFIX) ? name.substring(0, name.length() - Peppers.SUFFIX.length()) : name;
            return new Pepper(id, Files.readString(file).strip().getBytes(StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException broken) {
            throw new InvalidSecurityFileException("weir.security.pepper", file, broken);
        }
    }

    /// For tests and tools that make their own.
    public static Pepper of(String secret) {
        return new Pepper("own", secret.getBytes(StandardCharsets.UTF_8));
    }

    /// Names it in records: no secret.
    public String id() {
        return id;
    }

    /// What is stored of a key: 64 hexadecimal characters.
    public String hash(ApiKey key) {
        return HexFormat.of().formatHex(mac(key));
    }

    /// Compares in constant time.
    public boolean matches(ApiKey key, String storedHash) {
        return MessageDigest.isEqual(mac(key), HexFormat.of().parseHex(storedHash));
    }

    /// What is stored in place of a text that others could guess, such as an e-mail address: 64 hexadecimal
    /// characters.
    ///
    /// @param purpose keeps the digests of one kind of text apart from those of another
    public String digest(String purpose, String text) {
        return HexFormat.of().formatHex(mac((purpose + "\n" + text).getBytes(StandardCharsets.UTF_8)));
    }

    private byte[] mac(ApiKey key) {
        return mac(key.reveal().getBytes(StandardCharsets.US_ASCII));
    }

    private byte[] mac(byte[] text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac.doFinal(text);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", missing);
        }
    }
}
