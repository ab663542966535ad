package io.weir.audit;

import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/// One entry of the audit log as its source recorded it.
///
/// @param id UUIDv7
/// @param at when it was recorded, to the microsecond
/// @param tenant whose log it belongs to; the reserved tenant for what belongs to nobody
/// @param source the service, for example `tenant`
/// @param producer who numbered it: the service's database, or one run of a process with a journal
/// @param sequence counts from 1 without a gap, per producer and tenant
public record AuditEvent(
        UUID id,
        Instant at,
        TenantId tenant,
        AuditContext by,
        AuditEntry what,
        String source,
        String producer,
        long sequence) {

    private static final String DOMAIN = "weir.audit.event.v1";

    public AuditEvent {
        at = at.truncatedTo(ChronoUnit.MICROS);
        source = AuditText.clean(source, 64);
        producer = AuditText.clean(producer, 128);
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence: " + sequence + " (expected: >= 0)");
        }
    }

    /// The same event, numbered.
    AuditEvent numbered(String byProducer, long number) {
        return new AuditEvent(id, at, tenant, by, what, source, byProducer, number);
    }

    /// The event as the bytes that are hashed, see [CanonicalBytes]: the domain `weir.audit.event.v1`, id,
    /// instant, tenant id, actor, source address, request id, trace id, action, target, outcome, before,
    /// after, detail, source, producer, sequence, in this order.
    public byte[] canonical() {
        return new CanonicalBytes(DOMAIN)
                .uuid(id)
                .instant(at)
                .uuid(tenant.value())
                .text(by.actor())
                .text(by.sourceAddress())
                .text(by.requestId())
                .text(by.traceId())
                .text(what.action())
                .text(what.target())
                .text(what.outcome().wireName())
                .text(what.before())
                .text(what.after())
                .text(what.detail())
                .text(source)
                .text(producer)
                .number(sequence)
                .toByteArray();
    }

    /// SHA-256 of [#canonical].
    public byte[] digest() {
        return AuditDigest.sha256(canonical());
    }
}
