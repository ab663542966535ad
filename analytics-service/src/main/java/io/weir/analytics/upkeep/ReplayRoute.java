package io.weir.analytics.upkeep;

import io.weir.audit.AuditEntry;
import io.weir.audit.journal.AuditJournal;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import org.apache.kafka.common.KafkaException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `POST /api/analytics/dead-letters/replay`: sends refused records again that this version can take.
public final class ReplayRoute {

    private final DeadLetterReplay replay;
    private final AuditJournal audit;

    public ReplayRoute(DeadLetterReplay replay, AuditJournal audit) {
        this.replay = replay;
        this.audit = audit;
    }

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .POST("/api/analytics/dead-letters/replay", RouteAccess.platform(), this::replay)
                .build();
    }

    private Mono<ServerResponse> replay(ServerRequest request) {
        return audit.append(TenantId.PLATFORM, AuditEntry.done("ledger.replayed", "topic:usage.v1.dlt"))
                .then(replay.run())
                .onErrorMap(
                        KafkaException.class,
                        away -> new PlatformException(
                                ProblemType.SERVICE_UNAVAILABLE,
                                "The broker does not answer at present. What was sent again is not sent twice; try again"
                                        + " in a moment.",
                                away))
                .flatMap(done -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(done));
    }
}
