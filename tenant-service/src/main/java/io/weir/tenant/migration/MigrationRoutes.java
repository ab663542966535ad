package io.weir.tenant.migration;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.r2dbc.migration.Fleet;
import io.weir.r2dbc.migration.MigrationTarget;
import io.weir.r2dbc.migration.SiteCatalogue;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Violations;
import io.weir.tenant.trail.Trail;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ObjectNode;

/// `POST /api/tenants/migrations`, `GET /api/tenants/migrations/{id}`, `POST .../pause`, `POST .../resume`.
@Configuration(proxyBeanMethods = false)
class MigrationRoutes {

    private static final RouteAccess OPERATOR = RouteAccess.platform();

    private final MigrationStore store;
    private final SiteCatalogue catalogue;
    private final MigrationWorker worker;
    private final Trail trail;

    MigrationRoutes(MigrationStore store, SiteCatalogue catalogue, MigrationWorker worker, Trail trail) {
        this.store = store;
        this.catalogue = catalogue;
        this.worker = worker;
        this.trail = trail;
    }

    @Bean
    RouterFunction<ServerResponse> migrationRouter() {
        return DeclaredRoutes.route()
                .POST("/api/tenants/migrations", OPERATOR, this::begin)
                .GET("/api/tenants/migrations/{id}", OPERATOR, this::show)
                .POST("/api/tenants/migrations/{id}/pause", OPERATOR, this::pause)
                .POST("/api/tenants/migrations/{id}/resume", OPERATOR, this::resume)
                .build();
    }

    private Mono<ServerResponse> begin(ServerRequest request) {
        String by = String.valueOf(Access.passport(request).subject());
        Mono<List<MigrationTarget>> targets =
                Mono.fromCallable(catalogue::targets).subscribeOn(Schedulers.boundedElastic());
        return JsonBody.readOrEmpty(request)
                .zipWith(targets)
                .map(both -> fleet(both.getT1(), both.getT2()))
                .flatMap(fleet -> store.begin(fleet, by, ordered("migration.begun", fleet.id()))
                        .thenReturn(fleet))
                .flatMap(this::accepted);
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        return store.find(id(request)).map(MigrationRoutes::view).flatMap(ServerResponse.ok()::bodyValue);
    }

    private Mono<ServerResponse> pause(ServerRequest request) {
        UUID id = id(request);
        return store.pause(id, ordered("migration.paused", id)).flatMap(this::accepted);
    }

    private Mono<ServerResponse> resume(ServerRequest request) {
        UUID id = id(request);
        return store.resume(id, ordered("migration.resumed", id)).flatMap(this::accepted);
    }

    private Function<DatabaseClient, Mono<Void>> ordered(String action, UUID fleet) {
        return client -> trail.record(client, TenantId.PLATFORM, Trail.Change.of(action, "migration:" + fleet));
    }

    private Mono<ServerResponse> accepted(Fleet fleet) {
        worker.wake();
        return ServerResponse.accepted()
                .location(URI.create("/api/tenants/migrations/" + fleet.id()))
                .bodyValue(view(fleet));
    }

    private static Fleet fleet(ObjectNode body, List<MigrationTarget> targets) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("canaries", "onFailure", "phase"));
        Set<String> known = targets.stream().map(MigrationTarget::tenant).collect(Collectors.toSet());
        List<String> canaries =
                fields.optionalList("canaries", slug -> canary(slug, known)).orElse(List.of());
        Fleet.OnFailure policy =
                fields.optional("onFailure", MigrationRoutes::policy).orElse(Fleet.OnFailure.STOP);
        boolean contract = fields.optional("phase", MigrationRoutes::isContract).orElse(false);
        violations.refuseIfAny();
        return new Fleet(
                UUID.randomUUID(),
                Fleet.State.RUNNING,
                policy,
                contract,
                Fleet.order(targets, new HashSet<>(canaries)));
    }

    private static String canary(String slug, Set<String> known) {
        if (slug.isEmpty() || !known.contains(slug)) {
            throw new IllegalArgumentException(
                    "is no tenant with a schema or database of its own (expected: the slug of one)");
        }
        return slug;
    }

    private static Fleet.OnFailure policy(String word) {
        return switch (word) {
            case "stop" -> Fleet.OnFailure.STOP;
            case "skip" -> Fleet.OnFailure.SKIP;
            default -> throw new IllegalArgumentException("must be one of stop, skip");
        };
    }

    private static boolean isContract(String word) {
        return switch (word) {
            case "expand" -> false;
            case "contract" -> true;
            default -> throw new IllegalArgumentException("must be one of expand, contract");
        };
    }

    private static UUID id(ServerRequest request) {
        return TenantDirectory.id(request, "id").value();
    }

    private static View view(Fleet fleet) {
        Duration eta = fleet.eta();
        boolean over = fleet.state() == Fleet.State.SUCCEEDED || fleet.state() == Fleet.State.FAILED;
        return new View(
                fleet.id(),
                fleet.state().word(),
                fleet.onFailure().name().toLowerCase(Locale.ROOT),
                fleet.contract() ? "contract" : "expand",
                fleet.sites().size(),
                fleet.count(Fleet.SiteState.DONE),
                fleet.count(Fleet.SiteState.FAILED),
                over || eta == null ? null : eta.toSeconds(),
                fleet.sites().stream().map(MigrationRoutes::view).toList());
    }

    private static SiteView view(Fleet.Site site) {
        return new SiteView(
                site.name(),
                site.canary(),
                site.state().name().toLowerCase(Locale.ROOT),
                site.ran(),
                site.error(),
                site.startedAt(),
                site.endedAt());
    }

    /// @param etaSeconds absent before the first site is done, and when all is over
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            UUID migrationId,
            String state,
            String onFailure,
            String phase,
            int sites,
            int done,
            int failed,
            @Nullable Long etaSeconds,
            List<SiteView> progress) {}

    /// @param ran the files that ran there
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SiteView(
            String site,
            boolean canary,
            String state,
            List<String> ran,
            @Nullable String error,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {}
}
