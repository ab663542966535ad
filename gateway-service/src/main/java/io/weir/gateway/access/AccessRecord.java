package io.weir.gateway.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One request that was answered or refused at the edge, as a CloudEvent.
///
/// @param id the request's id
/// @param time when the answer was complete
@JsonInclude(JsonInclude.Include.NON_NULL)
record AccessRecord(
        String specversion,
        String type,
        String datacontenttype,
        String id,
        String source,
        Instant time,
        @Nullable TenantId tenantid,
        Data data) {

    static final String TYPE = "io.weir.access.v1";

    /// @param status as sent; 499 where the client left before the answer was complete
    /// @param reason code of the problem where the gateway itself answered with one, or `client_closed`
    /// @param clientAddress the nearest address on the way that is no trusted proxy's
    /// @param retryCount what the client says of itself in `x-stainless-retry-count`
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Data(
            String requestId,
            @Nullable TenantId tenantId,
            @Nullable String keyId,
            String route,
            String method,
            int status,
            long latencyMs,
            @Nullable String reason,
            String clientAddress,
            @Nullable Integer retryCount) {}

    static AccessRecord of(Call call, Finished finished, Instant time) {
        Caller caller = call.caller();
        TenantId tenant = caller == null ? null : caller.tenant().tenantId();
        Data data = new Data(
                call.requestId(),
                tenant,
                caller == null ? null : caller.credential().id(),
                call.route().label(),
                finished.method(),
                finished.status(),
                finished.nanos() / 1_000_000,
                finished.clientLeft() ? "client_closed" : call.refusal(),
                call.clientAddress().getHostAddress(),
                finished.retryCount());
        return new AccessRecord("1.0", TYPE, "application/json", call.requestId(), "gateway", time, tenant, data);
    }
}
