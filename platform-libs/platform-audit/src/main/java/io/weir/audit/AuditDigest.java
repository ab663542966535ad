package io.weir.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// SHA-256, of bytes and of values. A value's digest is that of its JSON with the keys in order, 64
/// hexadecimal digits.
public final class AuditDigest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private AuditDigest() {}

    /// Null for nothing. Trees are ordered too.
    public static @Nullable String of(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        Object plain = JSON.convertValue(value, Object.class);
        return plain == null ? null : HexFormat.of().formatHex(sha256(JSON.writeValueAsBytes(plain)));
    }

    /// SHA-256 over the parts, one after the other.
    public static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
