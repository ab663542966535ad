package io.weir.tenant.member;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.request.JsonBody;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `/api/tenants/{id}/members`.
@Configuration(proxyBeanMethods = false)
class MemberRoutes {

    private static final RouteAccess ADMIN =
            RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");
    private static final Duration BROKER = Duration.ofSeconds(3);

    private final TenantDirectory directory;
    private final Members members;
    private final Outbox outbox;

    MemberRoutes(TenantDirectory directory, Members members, Outbox outbox) {
        this.directory = directory;
        this.members = members;
        this.outbox = outbox;
    }

    @Bean
    RouterFunction<ServerResponse> memberRouter() {
        return DeclaredRoutes.route()
                .GET("/api/tenants/{id}/members", ADMIN, this::list)
                .POST("/api/tenants/{id}/members", ADMIN, this::add)
                .PATCH("/api/tenants/{id}/members/{memberId}", ADMIN, this::change)
                .DELETE("/api/tenants/{id}/members/{memberId}", ADMIN, this::remove)
                .build();
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        return directory.acting(
                request,
                id -> members.list(id)
                        .map(all -> new Listed(all.stream().map(View::of).toList()))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    private Mono<ServerResponse> add(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(MemberWish::of)
                        .doOnNext(wish -> MemberWish.refuseUngrantable(wish.role(), id, Access.passport(request)))
                        .flatMap(wish -> members.add(id, wish))
                        .flatMap(member ->
                                ServerResponse.status(HttpStatus.CREATED).bodyValue(View.of(member))));
    }

    private Mono<ServerResponse> change(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(MemberWish::role)
                        .doOnNext(role -> MemberWish.refuseUngrantable(role, id, Access.passport(request)))
                        .flatMap(role -> members.changeRole(id, member(request), role, Access.passport(request)))
                        .flatMap(member -> ServerResponse.ok().bodyValue(View.of(member))));
    }

    private Mono<ServerResponse> remove(ServerRequest request) {
        return directory.acting(
                request,
                (TenantId id) -> members.remove(id, member(request), Access.passport(request))
                        .flatMap(publication -> outbox.arrives(publication, BROKER))
                        .flatMap(arrived ->
                                arrived ? ServerResponse.noContent().build() : Mono.error(MemberRoutes.queued())));
    }

    private static UUID member(ServerRequest request) {
        return TenantDirectory.id(request, "memberId").value();
    }

    private static PlatformException queued() {
        return new PlatformException(
                ProblemType.QUEUED,
                "The member is removed, but the broker does not have it yet, so tokens may still be accepted. It is sent"
                        + " as soon as the broker answers; repeat the call to see when.");
    }

    record Listed(List<View> members) {}

    record View(
            UUID memberId,
            String email,
            @Nullable String name,
            Role role,
            @Nullable String issuer,
            @Nullable String subject,
            Instant createdAt) {

        static View of(Members.Member member) {
            Grant grant = member.grant();
            return new View(
                    grant.memberId(),
                    member.profile().email(),
                    member.profile().name(),
                    grant.role(),
                    grant.issuer(),
                    grant.subject(),
                    grant.createdAt());
        }

        // Addresses are not logged.
        @Override
        public String toString() {
            return "View[" + memberId + "]";
        }
    }
}
