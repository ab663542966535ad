package io.weir.tenant.directory;

import io.weir.problem.PlatformException;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/tenants` and `GET /api/tenants/{id}`.
@Configuration(proxyBeanMethods = false)
class TenantRoutes {

    private static final int DEFAULT_LIMIT = 50;
    private static final int HIGHEST_LIMIT = 200;
    private static final String CURSOR = "after:";
    private static final TenantId BEFORE_ALL = new TenantId(new UUID(0, 0));

    private final TenantDirectory directory;
    private final TenantTransaction transaction;

    TenantRoutes(TenantDirectory directory, TenantTransaction transaction) {
        this.directory = directory;
        this.transaction = transaction;
    }

    @Bean
    RouterFunction<ServerResponse> tenantRouter() {
        return DeclaredRoutes.route()
                .GET("/api/tenants", RouteAccess.platform(), this::list)
                .GET("/api/tenants/{id}", RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id"), this::one)
                .build();
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        int limit = request.queryParam("limit").map(TenantRoutes::limit).orElse(DEFAULT_LIMIT);
        TenantId after = request.queryParam("cursor").map(TenantRoutes::cursor).orElse(BEFORE_ALL);
        return directory
                .page(after, limit + 1)
                .map(found -> page(found, limit))
                .flatMap(ServerResponse.ok()::bodyValue);
    }

    private Mono<ServerResponse> one(ServerRequest request) {
        return directory.actingForAny(
                request,
                id -> transaction
                        .in(client -> directory.read(client, id))
                        .flatMap(tenant -> ServerResponse.ok().bodyValue(View.of(tenant))));
    }

    private static Page page(List<Tenant> found, int limit) {
        List<View> shown = found.stream().limit(limit).map(View::of).toList();
        return new Page(
                shown, found.size() > limit ? cursorAfter(shown.getLast().tenantId()) : null);
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= HIGHEST_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException notANumber) {
            throw badLimit();
        }
        throw badLimit();
    }

    private static PlatformException badLimit() {
        return PlatformException.invalid("limit", "The limit must be a whole number from 1 to " + HIGHEST_LIMIT + ".");
    }

    private static String cursorAfter(TenantId last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((CURSOR + last).getBytes(StandardCharsets.US_ASCII));
    }

    private static TenantId cursor(String text) {
        try {
            String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            if (decoded.startsWith(CURSOR)) {
                return TenantId.of(decoded.substring(CURSOR.length()));
            }
        } catch (IllegalArgumentException malformed) {
            throw badCursor();
        }
        throw badCursor();
    }

    private static PlatformException badCursor() {
        return PlatformException.invalid("cursor", "The cursor is not one that this service gave. Start without one.");
    }

    /// @param nextCursor null on the last page
    record Page(List<View> tenants, @Nullable String nextCursor) {}

    record View(
            TenantId tenantId,
            String slug,
            String status,
            String planTier,
            String placement,
            String region,
            String schemaName,
            Instant createdAt) {

        static View of(Tenant tenant) {
            return new View(
                    tenant.id(),
                    tenant.slug().value(),
                    tenant.state().word(),
                    tenant.plan(),
                    tenant.placement().wireName(),
                    tenant.region(),
                    tenant.schemaName(),
                    tenant.createdAt());
        }
    }
}
