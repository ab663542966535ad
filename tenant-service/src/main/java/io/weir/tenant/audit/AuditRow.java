package io.weir.tenant.audit;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.r2dbc.spi.Readable;
import io.weir.audit.AuditContext;
import io.weir.audit.AuditEntry;
import io.weir.audit.AuditEvent;
import io.weir.r2dbc.Column;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A row of the log as it stands, also one that somebody has tampered with. This is what is shown.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditRow(
        long seq,
        @Nullable Instant storedAt,
        @Nullable UUID id,
        @Nullable Instant at,
        @Nullable UUID tenantId,
        @Nullable String actor,
        @Nullable String action,
        @Nullable String target,
        @Nullable String outcome,
        @Nullable String beforeDigest,
        @Nullable String afterDigest,
        @Nullable String detail,
        @Nullable String sourceAddress,
        @Nullable String requestId,
        @Nullable String traceId,
        @Nullable String source,
        @Nullable String producer,
        @Nullable Long producerSequence) {

    static final String COLUMNS = "tenant_id, seq, stored_at, event_id, at, source, producer, producer_sequence, actor,"
            + " action, target, outcome, before_digest, after_digest, detail, source_address, request_id, trace_id";

    static AuditRow of(Readable row) {
        return new AuditRow(
                Column.of(row, "seq", Long.class),
                row.get("stored_at", Instant.class),
                row.get("event_id", UUID.class),
                row.get("at", Instant.class),
                row.get("tenant_id", UUID.class),
                row.get("actor", String.class),
                row.get("action", String.class),
                row.get("target", String.class),
                row.get("outcome", String.class),
                row.get("before_digest", String.class),
                row.get("after_digest", String.class),
                row.get("detail", String.class),
                row.get("source_address", String.class),
                row.get("request_id", String.class),
                row.get("trace_id", String.class),
                row.get("source", String.class),
                row.get("producer", String.class),
                row.get("producer_sequence", Long.class));
    }

    /// The record that this row holds; empty where no such record can have been stored.
    @JsonIgnore
    public Optional<AuditRecord> record() {
        try {
            AuditRecord read = new AuditRecord(seq, given(storedAt), event());
            // What a record makes of odd values must not hide that they are odd.
            return of(read).equals(this) ? Optional.of(read) : Optional.empty();
        } catch (IllegalArgumentException | NullPointerException | ArithmeticException impossible) {
            return Optional.empty();
        }
    }

    private AuditEvent event() {
        AuditContext by = new AuditContext(given(actor), sourceAddress, requestId, traceId);
        AuditEntry what = new AuditEntry(
                given(action), given(target), AuditEntry.Outcome.of(given(outcome)), beforeDigest, afterDigest, detail);
        return new AuditEvent(
                given(id),
                given(at),
                new TenantId(given(tenantId)),
                by,
                what,
                given(source),
                given(producer),
                given(producerSequence));
    }

    private static <T> T given(@Nullable T value) {
        return Objects.requireNonNull(value);
    }

    private static AuditRow of(AuditRecord stored) {
        AuditEvent event = stored.event();
        return new AuditRow(
                stored.seq(),
                stored.storedAt(),
                event.id(),
                event.at(),
                event.tenant().value(),
                event.by().actor(),
                event.what().action(),
                event.what().target(),
                event.what().outcome().wireName(),
                event.what().before(),
                event.what().after(),
                event.what().detail(),
                event.by().sourceAddress(),
                event.by().requestId(),
                event.by().traceId(),
                event.source(),
                event.producer(),
                event.sequence());
    }
}
