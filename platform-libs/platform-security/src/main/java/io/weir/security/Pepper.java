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

    private final SecretKeySpec secret;

    private Pepper(byte[] secret) {
        if (secret.length < SHORTEST) {
            throw new IllegalArgumentException(
                    "pepper: " + secret.length + " bytes (expected: at least " + SHORTEST + ")");
        }
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /// Reads the pepper's file, ignoring white space around it.
    /// Throws [InvalidSecurityFileException] when it cannot be read or is too short.
    public static Pepper load(Path file) {
        try {
            return new Pepper(Files.readString(file).strip().getBytes(StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException broken) {
            throw new InvalidSecurityFileException("weir.security.pepper", file, broken);
        }
    }

    /// For tests and tools that make their own.
    public static Pepper of(String secret) {
        return new Pepper(secret.getBytes(StandardCharsets.UTF_8));
    }

    /// What is stored of a key: 64 hexadecimal characters.
    public String hash(ApiKey key) {
        return HexFormat.of().formatHex(mac(key));
    }

    /// Compares in constant time.
    public boolean matches(ApiKey key, String storedHash) {
        return MessageDigest.isEqual(mac(key), HexFormat.of().parseHex(storedHash));
    }

    private byte[] mac(ApiKey key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac.doFinal(key.reveal().getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", missing);
        }
    }
}
