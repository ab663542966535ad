package io.weir.tenant.lifecycle;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Violations;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// `POST /api/tenants/{id}/suspend`, `/activate`, `/placement`, and `GET /api/tenants/jobs/{id}`.
@Configuration(proxyBeanMethods = false)
class LifecycleRoutes {

    private final TenantDirectory directory;
    private final TenantTransaction transaction;
    private final PlatformTransaction platform;
    private final TenantSnapshots snapshots;
    private final Jobs jobs;
    private final Outbox outbox;

    LifecycleRoutes(
            TenantDirectory directory,
            TenantTransaction transaction,
            PlatformTransaction platform,
            TenantSnapshots snapshots,
            Jobs jobs,
            Outbox outbox) {
        this.directory = directory;
        this.transaction = transaction;
        this.platform = platform;
        this.snapshots = snapshots;
        this.jobs = jobs;
        this.outbox = outbox;
    }

    @Bean
    RouterFunction<ServerResponse> lifecycleRouter() {
        return RouterFunctions.route()
                .POST("/api/tenants/{id}/suspend", this::suspend)
                .POST("/api/tenants/{id}/activate", this::activate)
                .POST("/api/tenants/{id}/placement", this::place)
                .GET("/api/tenants/jobs/{job}", this::job)
                .build();
    }

    private Mono<ServerResponse> suspend(ServerRequest request) {
        return directory.acting(request, id -> {
            if (id.equals(TenantId.PLATFORM)) {
                return Mono.error(new PlatformException(
                        ProblemType.UNPROCESSABLE, "The reserved tenant cannot be suspended: nobody could undo it."));
            }
            return transaction
                    .in(client -> turn(client, id, TenantStatus.SUSPENDED, "suspend"))
                    .flatMap(this::accepted);
        });
    }

    // A tenant must not lift what the operator imposed.
    private Mono<ServerResponse> activate(ServerRequest request) {
        TenantId named = TenantDirectory.id(request, "id");
        Access.demandFor(request, named, Scope.TENANT_ADMIN);
        Access.demand(request, Scope.PLATFORM_ADMIN);
        return directory.acting(
                request,
                id -> transaction
                        .in(client -> turn(client, id, TenantStatus.ACTIVE, "activate"))
                        .flatMap(this::accepted));
    }

    private Mono<ServerResponse> place(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .doOnNext(LifecycleRoutes::refuseUnbuilt)
                        .flatMap(pool -> transaction.in(client -> directory
                                .read(client, id)
                                .flatMap(tenant -> jobs.begin(client, id, "placement", tenant.version()))))
                        .flatMap(this::accepted));
    }

    private Mono<ServerResponse> job(ServerRequest request) {
        Passport passport = Access.demand(request, Scope.TENANT_ADMIN);
        UUID id = TenantDirectory.id(request, "job").value();
        Mono<Jobs.Job> found = passport.allows(Scope.PLATFORM_ADMIN)
                ? platform.in("a platform admin asks for a job", client -> jobs.find(client, id))
                : transaction.in(client -> jobs.find(client, id));
        return found.flatMap(ServerResponse.ok()::bodyValue);
    }

    private Mono<Jobs.Job> turn(DatabaseClient client, TenantId id, TenantStatus status, String kind) {
        return directory
                .locked(client, id)
                .then(client.sql("UPDATE tenant SET status = :status WHERE tenant_id = :tenant")
                        .bind("status", TenantSnapshots.word(status))
                        .bind("tenant", id.value())
                        .then())
                .then(Mono.defer(() -> snapshots.changed(client, id)))
                .flatMap(publication -> jobs.begin(client, id, kind, publication.version()));
    }

    private Mono<ServerResponse> accepted(Jobs.Job job) {
        outbox.wake();
        return ServerResponse.accepted()
                .location(URI.create("/api/tenants/jobs/" + job.jobId()))
                .bodyValue(job);
    }

    private static void refuseUnbuilt(ObjectNode body) {
        Violations violations = new Violations();
        String target = new Fields(body, violations)
                .required("target", LifecycleRoutes::placement)
                .orElse("");
        violations.refuseIfAny();
        if (!target.equals("pool")) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "target",
                    "Tenants cannot be placed in '" + target + "' yet, only in pool.");
        }
    }

    private static String placement(String word) {
        if (!Set.of("pool", "bridge", "silo").contains(word)) {
            throw new IllegalArgumentException("must be one of pool, bridge, silo");
        }
        return word;
    }
}
