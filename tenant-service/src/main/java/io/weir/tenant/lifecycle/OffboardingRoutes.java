package io.weir.tenant.lifecycle;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Violations;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ObjectNode;

/// `POST /api/tenants/{id}/offboard`, and archives: `POST /api/tenants/{id}/exports`, `GET .../exports/{job}`.
@Configuration(proxyBeanMethods = false)
class OffboardingRoutes {

    private static final RouteAccess ADMIN =
            RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");
    private static final int DEFAULT_GRACE = 30;
    private static final int LONGEST_GRACE = 365;
    private static final int BUFFER = 64 << 10;

    private final TenantDirectory directory;
    private final TenantTransaction transaction;
    private final Standing standing;
    private final Jobs jobs;
    private final JobWorker worker;
    private final Archives archives;
    private final Clock clock;

    OffboardingRoutes(
            TenantDirectory directory,
            TenantTransaction transaction,
            Standing standing,
            Jobs jobs,
            JobWorker worker,
            Archives archives,
            Clock clock) {
        this.directory = directory;
        this.transaction = transaction;
        this.standing = standing;
        this.jobs = jobs;
        this.worker = worker;
        this.archives = archives;
        this.clock = clock;
    }

    @Bean
    RouterFunction<ServerResponse> offboardingRouter() {
        return DeclaredRoutes.route()
                .POST("/api/tenants/{id}/offboard", ADMIN, this::offboard)
                .POST("/api/tenants/{id}/exports", ADMIN, this::export)
                .GET("/api/tenants/{id}/exports/{job}", ADMIN, this::download)
                .build();
    }

    private record Wish(Duration grace, String confirm) {}

    private Mono<ServerResponse> offboard(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(OffboardingRoutes::wish)
                        .flatMap(wish -> standing.offboard(id, wish.grace(), wish.confirm()))
                        .doOnSuccess(done -> worker.wake())
                        .flatMap(leaving -> ServerResponse.accepted()
                                .location(job(leaving.erasure().jobId()))
                                .bodyValue(new Offboarded(
                                        id,
                                        "offboarding",
                                        leaving.eraseAfter(),
                                        leaving.export().jobId(),
                                        leaving.erasure().jobId()))));
    }

    private static Wish wish(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("graceDays", "confirm"));
        int days = fields.optionalWhole("graceDays", 0, LONGEST_GRACE).orElse(DEFAULT_GRACE);
        String confirm = fields.required("confirm", Function.identity()).orElse("");
        violations.refuseIfAny();
        return new Wish(Duration.ofDays(days), confirm);
    }

    private Mono<ServerResponse> export(ServerRequest request) {
        return directory.acting(
                request,
                id -> transaction
                        .in(client -> directory
                                .locked(client, id)
                                .then(Mono.defer(() -> jobs.isOpen(client, id, Work.EXPORT)))
                                .doOnNext(OffboardingRoutes::refuseSecond)
                                .flatMap(none -> jobs.schedule(client, id, Work.EXPORT, clock.instant())))
                        .doOnSuccess(done -> worker.wake())
                        .flatMap(job -> ServerResponse.accepted()
                                .location(job(job.jobId()))
                                .bodyValue(job)));
    }

    private static void refuseSecond(boolean open) {
        if (open) {
            throw new PlatformException(
                    ProblemType.CONFLICT, "An archive of the tenant is being made already. Wait for that job to end.");
        }
    }

    private Mono<ServerResponse> download(ServerRequest request) {
        UUID job = TenantDirectory.id(request, "job").value();
        return directory.acting(
                request,
                id -> transaction
                        .in(client -> jobs.find(client, job))
                        .doOnNext(found -> refuseUndone(found, id))
                        .flatMap(found -> answer(found)));
    }

    private void refuseUndone(Jobs.Job job, TenantId tenant) {
        if (!job.kind().equals(Work.EXPORT.word()) || !job.tenantId().equals(tenant)) {
            throw new PlatformException(ProblemType.NOT_FOUND, "There is no archive of that id.");
        }
        if (!job.state().equals("succeeded")) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "The archive is not there yet: its job is " + job.state() + ". GET " + job(job.jobId())
                            + " tells more.");
        }
        if (!archives.exists(tenant, job.jobId())) {
            throw new PlatformException(
                    ProblemType.NOT_FOUND, "The archive was removed, or is kept by another process. Make a new one.");
        }
    }

    private Mono<ServerResponse> answer(Jobs.Job job) {
        ObjectNode result = job.result();
        if (result == null) {
            return Mono.error(new IllegalStateException("export job " + job.jobId() + " has no result"));
        }
        byte[] digest = HexFormat.of().parseHex(result.path("sha256").asString());
        Flux<DataBuffer> bytes = DataBufferUtils.readInputStream(
                        () -> archives.open(job.tenantId(), job.jobId()), new DefaultDataBufferFactory(), BUFFER)
                .subscribeOn(Schedulers.boundedElastic());
        return ServerResponse.ok()
                .contentType(MediaType.parseMediaType("application/zip"))
                .contentLength(result.path("bytes").longValue())
                .header("Content-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"tenant-" + job.tenantId() + ".zip\"")
                .body(BodyInserters.fromDataBuffers(bytes));
    }

    private static URI job(UUID id) {
        return URI.create("/api/tenants/jobs/" + id);
    }

    /// @param eraseAfter until then `POST .../activate` keeps the tenant
    record Offboarded(TenantId tenantId, String status, Instant eraseAfter, UUID exportJob, UUID erasureJob) {}
}
