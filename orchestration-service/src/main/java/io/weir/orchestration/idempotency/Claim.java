package io.weir.orchestration.idempotency;

import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/// One request's wish to be the one that runs under its key.
///
/// @param name of the key among all of all tenants; says neither the key nor more of the tenant than its id
/// @param index of what is kept for the tenant
/// @param fingerprint of what is asked
/// @param owner of this request alone
/// @param requestId as the client knows it
record Claim(String name, String index, String fingerprint, String owner, String requestId) {

    /// @param keyId of the API key, or whoever else asks: what one of them calls a request is nobody else's
    /// @param method of the request
    /// @param path with or without a slash at its end
    static Claim of(
            TenantId tenant,
            String keyId,
            IdempotencyKey key,
            String requestId,
            String method,
            String path,
            byte[] body) {
        // In braces what chooses the slot of a Redis cluster.
        String prefix = "weir:idempotency:{" + tenant + "}:";
        String name = prefix + hex(digest(keyId + '\n' + key.value()));
        return new Claim(
                name,
                prefix + "kept",
                fingerprint(method, path, body),
                UUID.randomUUID().toString(),
                requestId);
    }

    private static String fingerprint(String method, String path, byte[] body) {
        String where = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        MessageDigest digest = sha256();
        digest.update((method + '\n' + where + '\n').getBytes(StandardCharsets.UTF_8));
        digest.update(body);
        return hex(digest.digest());
    }

    private static byte[] digest(String text) {
        return sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
