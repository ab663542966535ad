package io.weir.analytics.sealing;

import io.weir.audit.AuditEntry;
import io.weir.audit.journal.AuditJournal;
import io.weir.problem.PlatformException;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `POST /api/analytics/seal`: seals an hour early, with all that the ledger held at the call.
public final class SealRoute {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final CatchUp catchUp;
    private final HourSealing sealing;
    private final AuditJournal audit;
    private final InstantSource clock;

    public SealRoute(CatchUp catchUp, HourSealing sealing, AuditJournal audit, InstantSource clock) {
        this.catchUp = catchUp;
        this.sealing = sealing;
        this.audit = audit;
        this.clock = clock;
    }

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .POST("/api/analytics/seal", RouteAccess.platform(), this::seal)
                .build();
    }

    private Mono<ServerResponse> seal(ServerRequest request) {
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(this::read)
                .delayUntil(hour -> audit.append(hour.tenant(), AuditEntry.done("hour.sealed", "hour:" + hour.hour())))
                .flatMap(hour -> catchUp.await().then(Mono.defer(() -> sealing.sealNow(hour))))
                .flatMap(version -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(SnapshotJson.write(version)));
    }

    private TenantHour read(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (!json.isObject()) {
                throw PlatformException.invalid("tenantId", "Send {\"tenantId\": \"...\", \"hour\": \"...\"}.");
            }
            return new TenantHour(tenant(json.path("tenantId")), hour(json.path("hour")));
        } catch (JacksonException malformed) {
            throw PlatformException.invalid(
                    "body", "The body is not JSON. Send {\"tenantId\": \"...\", \"hour\": \"...\"}.");
        }
    }

    private static TenantId tenant(JsonNode tenantId) {
        try {
            return TenantId.of(tenantId.asString(""));
        } catch (IllegalArgumentException malformed) {
            throw PlatformException.invalid("tenantId", "tenantId must be the tenant's UUID.");
        }
    }

    private Instant hour(JsonNode text) {
        Instant hour;
        try {
            hour = Instant.parse(text.asString(""));
        } catch (DateTimeException malformed) {
            throw PlatformException.invalid("hour", "hour must be an instant such as 2026-11-22T10:00:00Z.");
        }
        if (!hour.equals(hour.truncatedTo(ChronoUnit.HOURS)) || hour.isBefore(Instant.parse("2000-01-01T00:00:00Z"))) {
            throw PlatformException.invalid("hour", "hour must be the start of an hour, such as 2026-11-22T10:00:00Z.");
        }
        if (hour.isAfter(clock.instant())) {
            throw PlatformException.invalid("hour", "hour has not begun yet. Seal it once it has.");
        }
        return hour;
    }
}
