package io.weir.tenant.lifecycle;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.Placement;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.placement.PlanPlacement;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Texts;
import io.weir.tenant.request.Violations;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// `POST /api/tenants/{id}/suspend`, `/activate`, `/placement`, and `GET /api/tenants/jobs/{id}`.
@Configuration(proxyBeanMethods = false)
class LifecycleRoutes {

    private static final RouteAccess ADMIN =
            RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");

    private final TenantDirectory directory;
    private final TenantTransaction transaction;
    private final PlatformTransaction platform;
    private final Standing standing;
    private final Jobs jobs;
    private final Outbox outbox;
    private final PlacementJobs placements;
    private final PlanPlacement plans;

    LifecycleRoutes(
            TenantDirectory directory,
            TenantTransaction transaction,
            PlatformTransaction platform,
            Standing standing,
            Jobs jobs,
            Outbox outbox,
            PlacementJobs placements,
            PlanPlacement plans) {
        this.directory = directory;
        this.transaction = transaction;
        this.platform = platform;
        this.standing = standing;
        this.jobs = jobs;
        this.outbox = outbox;
        this.placements = placements;
        this.plans = plans;
    }

    @Bean
    RouterFunction<ServerResponse> lifecycleRouter() {
        return DeclaredRoutes.route()
                .POST("/api/tenants/{id}/suspend", ADMIN, this::suspend)
                .POST("/api/tenants/{id}/activate", ADMIN, this::activate)
                .POST("/api/tenants/{id}/placement", ADMIN, this::place)
                .GET("/api/tenants/jobs/{job}", RouteAccess.anyOf(Scope.TENANT_ADMIN), this::job)
                .build();
    }

    private Mono<ServerResponse> suspend(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.readOrEmpty(request)
                        .map(LifecycleRoutes::reason)
                        .flatMap(reason -> standing.suspend(id, reason.orElse(null), Access.passport(request)))
                        .flatMap(this::accepted));
    }

    private static Optional<String> reason(ObjectNode body) {
        Violations violations = new Violations();
        Optional<String> reason = new Fields(body, violations).optional("reason", Texts::displayName);
        violations.refuseIfAny();
        return reason;
    }

    // A tenant must not lift what the operator imposed.
    private Mono<ServerResponse> activate(ServerRequest request) {
        return directory.acting(
                request, id -> standing.activate(id, Access.passport(request)).flatMap(this::accepted));
    }

    private Mono<ServerResponse> place(ServerRequest request) {
        Passport passport = Access.passport(request);
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(LifecycleRoutes::target)
                        .flatMap(target -> transaction
                                .in(client -> directory.read(client, id))
                                .doOnNext(tenant -> refuseBeyondPlan(tenant, target, passport))
                                .flatMap(tenant -> placements.begin(tenant, target)))
                        .flatMap(this::accepted));
    }

    private Mono<ServerResponse> job(ServerRequest request) {
        Passport passport = Access.passport(request);
        UUID id = TenantDirectory.id(request, "job").value();
        Mono<Jobs.Job> found = passport.allows(Scope.PLATFORM_ADMIN)
                ? platform.in("a platform admin asks for a job", client -> jobs.find(client, id))
                : transaction.in(client -> jobs.find(client, id));
        return found.flatMap(placements::told).flatMap(ServerResponse.ok()::bodyValue);
    }

    private Mono<ServerResponse> accepted(Jobs.Job job) {
        outbox.wake();
        return ServerResponse.accepted()
                .location(URI.create("/api/tenants/jobs/" + job.jobId()))
                .bodyValue(job);
    }

    private void refuseBeyondPlan(Tenant tenant, Placement target, Passport by) {
        if (!plans.allows(tenant.plan(), target) && !by.allows(Scope.PLATFORM_ADMIN)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "target",
                    "'" + target.wireName() + "' comes with the plan enterprise. This tenant's plan is " + tenant.plan()
                            + ".");
        }
    }

    private static Placement target(ObjectNode body) {
        Violations violations = new Violations();
        Optional<Placement> target = new Fields(body, violations).required("target", LifecycleRoutes::placement);
        violations.refuseIfAny();
        return target.orElseThrow();
    }

    private static Placement placement(String word) {
        return Arrays.stream(Placement.values())
                .filter(placement -> placement.wireName().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of pool, bridge, silo"));
    }
}
