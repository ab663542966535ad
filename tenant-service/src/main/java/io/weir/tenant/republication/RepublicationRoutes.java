package io.weir.tenant.republication;

import io.weir.problem.PlatformException;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.tenant.apikey.ApiKeys;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// `POST /api/tenants/republish?topic=`: every snapshot of one topic, or of all, once more. They go through the outbox,
/// each under a lock on its row, so that none can overtake a newer version.
@Configuration(proxyBeanMethods = false)
class RepublicationRoutes {

    private static final String REASON = "republish snapshots";

    private final PlatformTransaction platform;
    private final TenantDirectory directory;
    private final TenantSnapshots tenants;
    private final ApiKeys keys;
    private final Plans plans;
    private final Outbox outbox;

    RepublicationRoutes(
            PlatformTransaction platform,
            TenantDirectory directory,
            TenantSnapshots tenants,
            ApiKeys keys,
            Plans plans,
            Outbox outbox) {
        this.platform = platform;
        this.directory = directory;
        this.tenants = tenants;
        this.keys = keys;
        this.plans = plans;
        this.outbox = outbox;
    }

    @Bean
    RouterFunction<ServerResponse> republicationRouter() {
        return RouterFunctions.route()
                .POST("/api/tenants/republish", this::republish)
                .build();
    }

    private Mono<ServerResponse> republish(ServerRequest request) {
        Access.demand(request, Scope.PLATFORM_ADMIN);
        List<String> topics =
                request.queryParam("topic").map(List::of).orElse(List.of("plans.v1", "tenants.v1", "api-keys.v1"));
        return Flux.fromIterable(topics)
                .concatMap(topic -> count(topic).map(records -> Map.entry(topic, records)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue, LinkedHashMap::new)
                .doOnSuccess(done -> outbox.wake())
                .flatMap(counts -> ServerResponse.accepted().bodyValue(new Queued(counts)));
    }

    private Mono<Long> count(String topic) {
        return switch (topic) {
            case "plans.v1" -> platform.in(REASON, this::plans);
            case "api-keys.v1" -> platform.in(REASON, client -> add(client, keys.allLocked(client)));
            case "tenants.v1" -> platform.in(REASON, this::tenants);
            default ->
                throw PlatformException.invalid("topic", "topic must be one of tenants.v1, api-keys.v1, plans.v1.");
        };
    }

    private Mono<Long> plans(DatabaseClient client) {
        return add(
                client,
                plans.all(client)
                        .flatMapMany(Flux::fromIterable)
                        .map(plan -> Publication.of(
                                TenantId.PLATFORM, SnapshotTopic.PLANS, plan.key(), plan.version(), plan.snapshot())));
    }

    private Mono<Long> tenants(DatabaseClient client) {
        return directory
                .allLocked(client)
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .concatMap(tenant -> tenants.publish(client, tenant))
                .count();
    }

    private Mono<Long> add(DatabaseClient client, Flux<Publication> publications) {
        return publications
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .concatMap(publication -> outbox.add(client, publication).thenReturn(publication))
                .count();
    }

    /// @param queued snapshots by topic, on their way to the broker
    record Queued(Map<String, Long> queued) {}
}
