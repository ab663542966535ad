package io.weir.tenant.apikey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.PassportWebFilter;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.request.AddressRange;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Texts;
import io.weir.tenant.request.Violations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// `/api/tenants/{id}/keys`.
@Configuration(proxyBeanMethods = false)
class KeyRoutes {

    private static final Duration BROKER = Duration.ofSeconds(3);
    private static final Duration LONGEST_LIFE = Duration.ofDays(36_525);

    private final TenantDirectory directory;
    private final TenantTransaction transaction;
    private final ApiKeys keys;
    private final Outbox outbox;
    private final Clock clock;

    KeyRoutes(TenantDirectory directory, TenantTransaction transaction, ApiKeys keys, Outbox outbox, Clock clock) {
        this.directory = directory;
        this.transaction = transaction;
        this.keys = keys;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Bean
    RouterFunction<ServerResponse> keyRouter() {
        return RouterFunctions.route()
                .POST("/api/tenants/{id}/keys", this::create)
                .GET("/api/tenants/{id}/keys", this::list)
                .DELETE("/api/tenants/{id}/keys/{keyId}", this::revoke)
                .build();
    }

    private Mono<ServerResponse> create(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(body -> wish(body, id, passport(request)))
                        .flatMap(wish -> transaction.in(client -> directory
                                .locked(client, id)
                                .then(Mono.defer(() -> keys.createWithinLimits(client, id, wish)))))
                        .doOnSuccess(key -> outbox.wake())
                        .flatMap(key -> ServerResponse.status(HttpStatus.CREATED)
                                .bodyValue(new Created(key.id(), key.reveal()))));
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        return directory.acting(
                request,
                id -> transaction
                        .in(client -> directory.read(client, id).then(Mono.defer(() -> keys.list(client, id))))
                        .map(found -> new Listed(found.stream().map(View::of).toList()))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    private Mono<ServerResponse> revoke(ServerRequest request) {
        return directory.acting(
                request,
                id -> transaction
                        .in(client -> keys.revoke(client, id, request.pathVariable("keyId")))
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

    private ApiKeys.Wish wish(ObjectNode body, TenantId tenant, Passport by) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        String name = fields.optional("name", Texts::displayName).orElse("API key");
        Set<Scope> scopes = Set.copyOf(fields.optionalList("scopes", Scope::of).orElse(List.of(Scope.INFERENCE)));
        Instant expiresAt = fields.optional("expiresAt", this::future).orElse(null);
        List<String> ranges = fields.optionalList("ipRanges", AddressRange::of).orElse(List.of());
        if (scopes.isEmpty()) {
            violations.add("scopes", "must name at least one scope");
        }
        violations.refuseIfAny();
        refuseRanges(ranges);
        refuseUngrantable(scopes, tenant, by);
        return new ApiKeys.Wish(name, scopes, expiresAt);
    }

    private static void refuseRanges(List<String> ranges) {
        if (!ranges.isEmpty()) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "ipRanges",
                    "Keys cannot be bound to address ranges yet: nothing would enforce it. Leave ipRanges out.");
        }
    }

    // Whoever holds such a key reaches every tenant: only who has that right can give it, and only to an operator.
    private static void refuseUngrantable(Set<Scope> scopes, TenantId tenant, Passport by) {
        if (!scopes.contains(Scope.PLATFORM_ADMIN)) {
            return;
        }
        if (!by.allows(Scope.PLATFORM_ADMIN)) {
            throw PlatformException.of(
                    ProblemType.PERMISSION_DENIED, "scopes", "Only a platform admin can grant platform-admin.");
        }
        if (!tenant.equals(TenantId.PLATFORM)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "scopes",
                    "platform-admin keys belong to the reserved tenant 'platform'.");
        }
    }

    private Instant future(String text) {
        Instant instant = Texts.instant(text);
        if (!instant.isAfter(clock.instant())) {
            throw new IllegalArgumentException("must be in the future");
        }
        if (instant.isAfter(clock.instant().plus(LONGEST_LIFE))) {
            throw new IllegalArgumentException("must be within 100 years; leave it out for a key that does not expire");
        }
        return instant;
    }

    private static Passport passport(ServerRequest request) {
        return (Passport) request.attribute(PassportWebFilter.PASSPORT).orElseThrow();
    }

    record Created(String keyId, String apiKey) {
        @Override
        public String toString() {
            return "Created[" + keyId + "]";
        }
    }

    record Listed(List<View> keys) {}

    record View(
            String keyId,
            String name,
            List<Scope> scopes,
            String status,
            @Nullable Instant expiresAt,
            Instant createdAt) {

        static View of(KeyRecord key) {
            return new View(
                    key.keyId(),
                    key.name(),
                    key.scopes().stream().sorted().toList(),
                    TenantSnapshots.word(key.status()),
                    key.expiresAt(),
                    key.createdAt());
        }
    }
}
