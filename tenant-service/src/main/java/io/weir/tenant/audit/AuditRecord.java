package io.weir.tenant.audit;

import io.weir.audit.AuditDigest;
import io.weir.audit.AuditEvent;
import io.weir.audit.CanonicalBytes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// An event at its place in a tenant's log.
///
/// @param seq counts from 1 without a gap, per tenant
public record AuditRecord(long seq, Instant storedAt, AuditEvent event) {

    private static final String DOMAIN = "weir.audit.record.v1";
    private static final byte[] LEAF = {0};

    public AuditRecord {
        storedAt = storedAt.truncatedTo(ChronoUnit.MICROS);
    }

    /// The record's leaf in the Merkle tree, as RFC 6962 hashes leaves: SHA-256 of a zero byte and the
    /// record's bytes, which are the domain `weir.audit.record.v1`, the number, the instant of storing and
    /// the event's own bytes.
    public byte[] leaf() {
        return leafAt(seq);
    }

    /// The leaf that it would have at another place.
    public byte[] leafAt(long place) {
        byte[] bytes = new CanonicalBytes(DOMAIN)
                .number(place)
                .instant(storedAt)
                .bytes(event.canonical())
                .toByteArray();
        return AuditDigest.sha256(LEAF, bytes);
    }
}
