package io.weir.tenant.audit.sealing;

import io.weir.audit.AuditDigest;
import io.weir.audit.CanonicalBytes;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;

/// A signed statement of what a tenant's log held.
///
/// @param number counts from 1 per tenant
/// @param from the first record's number; `to` is the last one's
/// @param root of the Merkle tree over the records' leaves, hexadecimal
/// @param previous digest of the checkpoint before, hexadecimal; of the first one: 64 zeros
/// @param kid names the audit key that signed it
/// @param signature Ed25519 over [#signed], base64url
record Checkpoint(
        TenantId tenant,
        long number,
        long from,
        long to,
        String root,
        String previous,
        Instant sealedAt,
        String kid,
        String signature) {

    static final String NONE = "0".repeat(64);
    private static final String DOMAIN = "weir.audit.checkpoint.v1";
    private static final String OWNER = "audit";

    Checkpoint {
        sealedAt = sealedAt.truncatedTo(ChronoUnit.MICROS);
    }

    static Checkpoint seal(
            TenantId tenant,
            long number,
            long from,
            long to,
            byte[] root,
            String previous,
            Instant sealedAt,
            SigningKey key) {
        Checkpoint unsigned = new Checkpoint(
                tenant, number, from, to, HexFormat.of().formatHex(root), previous, sealedAt, key.id(), "");
        String signature = Base64.getUrlEncoder().withoutPadding().encodeToString(key.sign(unsigned.signed()));
        return new Checkpoint(
                tenant, number, from, to, unsigned.root, previous, unsigned.sealedAt, key.id(), signature);
    }

    /// What is signed, see [CanonicalBytes]: the domain `weir.audit.checkpoint.v1`, tenant, number, from,
    /// to, root, previous, the instant of sealing, key id.
    byte[] signed() {
        return new CanonicalBytes(DOMAIN)
                .uuid(tenant.value())
                .number(number)
                .number(from)
                .number(to)
                .text(root)
                .text(previous)
                .instant(sealedAt)
                .text(kid)
                .toByteArray();
    }

    /// SHA-256 of what is signed, hexadecimal: what the next one names as its previous.
    String digest() {
        return HexFormat.of().formatHex(AuditDigest.sha256(signed()));
    }

    /// Whether an audit key that is trusted signed exactly this.
    boolean isSigned(TrustedKeys keys) {
        return keys.find(kid)
                .filter(key -> key.service().equals(OWNER))
                .filter(key -> key.verifies(signed(), bytes(signature)))
                .isPresent();
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getUrlDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }
}
