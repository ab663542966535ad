package io.weir.tenant.audit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenant.audit.AuditLog;
import io.weir.tenant.audit.AuditQuestion;
import io.weir.tenant.audit.AuditRow;
import io.weir.tenant.audit.sealing.Verification;
import io.weir.tenant.directory.TenantDirectory;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/// `/api/tenants/{id}/audit`: the tenant's own for its admins, any for a platform admin.
@Configuration(proxyBeanMethods = false)
class AuditRoutes {

    private final TenantDirectory directory;
    private final AuditLog log;
    private final Verification verification;

    AuditRoutes(TenantDirectory directory, AuditLog log, Verification verification) {
        this.directory = directory;
        this.log = log;
        this.verification = verification;
    }

    @Bean
    RouterFunction<ServerResponse> auditRouter() {
        RouteAccess admin = RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");
        return DeclaredRoutes.route()
                .GET("/api/tenants/{id}/audit", admin, this::list)
                .GET("/api/tenants/{id}/audit/export", admin, this::export)
                .POST("/api/tenants/{id}/audit/verify", admin, this::verify)
                .build();
    }

    /// @param next the cursor of the next page; null: there is none now
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Page(List<AuditRow> events, @Nullable String next) {}

    private Mono<ServerResponse> list(ServerRequest request) {
        AuditQuestion question = AuditQuestion.of(request.queryParams());
        return directory
                .acting(request, id -> log.page(id, question))
                .map(found -> page(found, question.limit()))
                .flatMap(ServerResponse.ok()::bodyValue);
    }

    private static Page page(List<AuditRow> found, int limit) {
        List<AuditRow> shown = found.stream().limit(limit).toList();
        return new Page(
                shown, found.size() > limit ? String.valueOf(shown.getLast().seq()) : null);
    }

    private Mono<ServerResponse> export(ServerRequest request) {
        AuditQuestion question = AuditQuestion.of(request.queryParams());
        return directory.acting(
                request,
                id -> Mono.deferContextual(context -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_NDJSON)
                        .body(inScope(log.all(id, question), context), AuditRow.class)));
    }

    // The body is written after the handler's own scope has ended.
    private static Flux<AuditRow> inScope(Flux<AuditRow> rows, ContextView scope) {
        return rows.contextWrite(context -> context.putAll(scope));
    }

    private Mono<ServerResponse> verify(ServerRequest request) {
        return directory.acting(request, verification::verify).flatMap(ServerResponse.ok()::bodyValue);
    }
}
