package io.weir.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Audit events as CloudEvents 1.0 in JSON (structured mode).
public final class AuditCodec {

    /// The `type` attribute.
    public static final String TYPE = "io.weir.audit.v1";

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private AuditCodec() {}

    public static byte[] write(AuditEvent event) {
        return JSON.writeValueAsBytes(Wire.of(event));
    }

    /// Throws [MalformedAuditEventException] when the bytes are no audit event that this version knows, or
    /// name two tenants.
    public static AuditEvent read(byte[] bytes) {
        try {
            return Objects.requireNonNull(JSON.readValue(bytes, Wire.class), "event")
                    .event();
        } catch (JacksonException | IllegalArgumentException | NullPointerException malformed) {
            throw new MalformedAuditEventException(malformed);
        }
    }

    /// The same event under its number.
    public static AuditEvent number(AuditEvent event, String producer, long sequence) {
        return event.numbered(producer, sequence);
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Wire(
            String specversion,
            String type,
            String datacontenttype,
            UUID id,
            String source,
            Instant time,
            TenantId tenantid,
            String producerid,
            long producersequence,
            Data data) {

        @JsonInclude(JsonInclude.Include.NON_NULL)
        private record Data(
                TenantId tenantId,
                String actor,
                String action,
                String target,
                String outcome,
                @Nullable String beforeDigest,
                @Nullable String afterDigest,
                @Nullable String detail,
                @Nullable String sourceAddress,
                @Nullable String requestId,
                @Nullable String traceId) {}

        static Wire of(AuditEvent event) {
            AuditEntry what = event.what();
            AuditContext by = event.by();
            Data data = new Data(
                    event.tenant(),
                    by.actor(),
                    what.action(),
                    what.target(),
                    what.outcome().wireName(),
                    what.before(),
                    what.after(),
                    what.detail(),
                    by.sourceAddress(),
                    by.requestId(),
                    by.traceId());
            return new Wire(
                    "1.0",
                    TYPE,
                    "application/json",
                    event.id(),
                    event.source(),
                    event.at(),
                    event.tenant(),
                    event.producer(),
                    event.sequence(),
                    data);
        }

        AuditEvent event() {
            if (!TYPE.equals(type)) {
                throw new IllegalArgumentException("type: '" + type + "' (expected: " + TYPE + ")");
            }
            Data said = Objects.requireNonNull(data, "data");
            if (!Objects.requireNonNull(tenantid, "tenantid").equals(said.tenantId())) {
                throw new IllegalArgumentException("tenantid " + tenantid + " (expected: the tenant of the data)");
            }
            return new AuditEvent(
                    Objects.requireNonNull(id, "id"),
                    Objects.requireNonNull(time, "time"),
                    tenantid,
                    new AuditContext(said.actor(), said.sourceAddress(), said.requestId(), said.traceId()),
                    new AuditEntry(
                            said.action(),
                            said.target(),
                            AuditEntry.Outcome.of(said.outcome()),
                            said.beforeDigest(),
                            said.afterDigest(),
                            said.detail()),
                    Objects.requireNonNull(source, "source"),
                    Objects.requireNonNull(producerid, "producerid"),
                    producersequence);
        }
    }
}
