package io.weir.tenant.apikey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.ApiKey;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.request.CallerAddress;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Limit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `/api/tenants/{id}/keys`.
@Configuration(proxyBeanMethods = false)
class KeyRoutes {

    private static final RouteAccess ADMIN =
            RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");
    private static final Duration BROKER = Duration.ofSeconds(3);
    private static final int PAGE = 1_000;

    private final TenantDirectory directory;
    private final KeyAdministration keys;
    private final KeyRequests requests;
    private final Outbox outbox;
    private final Clock clock;

    KeyRoutes(TenantDirectory directory, KeyAdministration keys, KeyRequests requests, Outbox outbox, Clock clock) {
        this.directory = directory;
        this.keys = keys;
        this.requests = requests;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Bean
    RouterFunction<ServerResponse> keyRouter() {
        return DeclaredRoutes.route()
                .POST("/api/tenants/{id}/keys", ADMIN, this::create)
                .GET("/api/tenants/{id}/keys", ADMIN, this::list)
                .PATCH("/api/tenants/{id}/keys/{keyId}", ADMIN, this::change)
                .POST("/api/tenants/{id}/keys/{keyId}/rotate", ADMIN, this::rotate)
                .DELETE("/api/tenants/{id}/keys/{keyId}", ADMIN, this::revoke)
                .build();
    }

    private Mono<ServerResponse> create(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(body -> requests.wish(body, id, Access.passport(request)))
                        .flatMap(wish -> keys.create(id, wish))
                        .flatMap(key -> ServerResponse.status(HttpStatus.CREATED)
                                .bodyValue(new Created(key.id(), key.reveal()))));
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        int limit = Limit.of(request, PAGE, PAGE);
        boolean liveOnly = request.queryParam("status").map(KeyRoutes::liveOnly).orElse(false);
        Optional<KeyCursor> after = request.queryParam("cursor").map(KeyCursor::of);
        return directory.acting(
                request,
                id -> keys.list(id, liveOnly, after, limit + 1)
                        .map(found -> page(found, limit))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    private Page page(KeyAdministration.Listed found, int limit) {
        List<KeyRecord> shown = found.keys().stream().limit(limit).toList();
        KeyRecord last = found.keys().size() > limit ? shown.getLast() : null;
        Instant now = clock.instant();
        return new Page(
                shown.stream().map(key -> KeyView.of(key, found.maxAge(), now)).toList(),
                last == null ? null : new KeyCursor(last.createdAt(), last.keyId()).text());
    }

    private Mono<ServerResponse> change(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(requests::change)
                        .doOnNext(change -> refuseShuttingOut(request, change))
                        .flatMap(change ->
                                keys.change(id, request.pathVariable("keyId"), change, Access.passport(request)))
                        .map(key -> KeyView.of(key, Optional.empty(), clock.instant()))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    // Of the key that makes the call, only.
    private static void refuseShuttingOut(ServerRequest request, KeyRequests.Change change) {
        Passport passport = Access.passport(request);
        if (passport.keyId().equals(request.pathVariable("keyId"))) {
            CallerAddress.refuseShuttingOut(
                    request, "ipRanges", change.ipRanges().orElse(List.of()));
        }
    }

    private Mono<ServerResponse> rotate(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.readOrEmpty(request)
                        .map(requests::overlap)
                        .flatMap(overlap ->
                                keys.rotate(id, request.pathVariable("keyId"), overlap, Access.passport(request)))
                        .flatMap(rotated -> ServerResponse.status(HttpStatus.CREATED)
                                .bodyValue(Rotated.of(rotated.key(), rotated.former()))));
    }

    private Mono<ServerResponse> revoke(ServerRequest request) {
        return directory.acting(
                request,
                (TenantId id) -> keys.revoke(id, request.pathVariable("keyId"))
                        .flatMap(publication -> outbox.arrives(publication, BROKER))
                        .flatMap(
                                arrived -> arrived
                                        ? ServerResponse.noContent().build()
                                        : Mono.error(
                                                new PlatformException(
                                                        ProblemType.QUEUED,
                                                        "The key is revoked, but the broker does not have it yet, so it may still be accepted."
                                                                + " It is sent as soon as the broker answers; repeat the call to see when."))));
    }

    private static boolean liveOnly(String word) {
        return switch (word) {
            case "live" -> true;
            case "all" -> false;
            default -> throw PlatformException.invalid("status", "status must be one of live, all.");
        };
    }

    record Created(String keyId, String apiKey) {
        @Override
        public String toString() {
            return "Created[" + keyId + "]";
        }
    }

    /// @param replaces the former key
    record Rotated(String keyId, String apiKey, Former replaces) {

        /// @param expiresAt until when it works
        record Former(String keyId, @Nullable Instant expiresAt) {}

        static Rotated of(ApiKey key, KeyRecord former) {
            return new Rotated(key.id(), key.reveal(), new Former(former.keyId(), former.expiresAt()));
        }

        @Override
        public String toString() {
            return "Rotated[" + keyId + "]";
        }
    }

    /// @param nextCursor null on the last page
    record Page(List<KeyView> keys, @Nullable String nextCursor) {}
}
