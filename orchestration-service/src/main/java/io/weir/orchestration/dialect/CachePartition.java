package io.weir.orchestration.dialect;

import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// A tenant's part of the prompt cache that a provider keeps for an account which tenants share. Its keys are made
/// under
/// a secret, so that they name no tenant to anybody, and no tenant can name another one's. Immutable.
public final class CachePartition {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "weir prompt cache\n".getBytes(StandardCharsets.UTF_8);
    private static final int LENGTH = 16;

    private final SecretKeySpec secret;
    private final TenantId tenant;

    private CachePartition(SecretKeySpec secret, TenantId tenant) {
        this.secret = secret;
        this.tenant = tenant;
    }

    /// @param accountKey of the account whose cache it is; not kept in the open, and told to nobody by the keys
    public static SecretKeySpec secret(String accountKey) {
        byte[] key = accountKey.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[PURPOSE.length + key.length];
        System.arraycopy(PURPOSE, 0, all, 0, PURPOSE.length);
        System.arraycopy(key, 0, all, PURPOSE.length, key.length);
        return new SecretKeySpec(all, ALGORITHM);
    }

    public static CachePartition of(SecretKeySpec secret, TenantId tenant) {
        return new CachePartition(secret, tenant);
    }

    /// The key to send: 32 hexadecimal digits.
    ///
    /// @param named what the client itself names its prompts by; null: nothing
    public String key(@Nullable String named) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(tenant.toString().getBytes(StandardCharsets.US_ASCII));
            if (named != null) {
                mac.update((byte) '\n');
                mac.update(named.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(mac.doFinal(), 0, LENGTH);
        } catch (GeneralSecurityException unsupported) {
            throw new IllegalStateException(unsupported);
        }
    }

    @Override
    public String toString() {
        return "CachePartition";
    }
}
