package io.weir.tenant.republication;

import io.weir.problem.PlatformException;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.tenant.apikey.ApiKeys;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.member.Grants;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.providerkey.ProviderKeys;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.trail.Trail;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// `POST /api/tenants/republish?topic=`: every snapshot of one topic, or of all, once more. They go through the outbox,
/// each under a lock on its row, so that none can overtake a newer version.
@Configuration(proxyBeanMethods = false)
class RepublicationRoutes {

    private static final String REASON = "republish snapshots";
    private static final int PAGE = 500;
    private static final TenantId BEFORE_ALL = new TenantId(new UUID(0, 0));

    private final PlatformTransaction platform;
    private final TenantDirectory directory;
    private final TenantSnapshots tenants;
    private final ApiKeys keys;
    private final Grants members;
    private final ProviderKeys providerKeys;
    private final Plans plans;
    private final Outbox outbox;
    private final Trail trail;

    RepublicationRoutes(
            PlatformTransaction platform,
            TenantDirectory directory,
            TenantSnapshots tenants,
            ApiKeys keys,
            Grants members,
            ProviderKeys providerKeys,
            Plans plans,
            Outbox outbox,
            Trail trail) {
        this.platform = platform;
        this.directory = directory;
        this.tenants = tenants;
        this.keys = keys;
        this.members = members;
        this.providerKeys = providerKeys;
        this.plans = plans;
        this.outbox = outbox;
        this.trail = trail;
    }

    @Bean
    RouterFunction<ServerResponse> republicationRouter() {
        return DeclaredRoutes.route()
                .POST("/api/tenants/republish", RouteAccess.platform(), this::republish)
                .build();
    }

    private Mono<ServerResponse> republish(ServerRequest request) {
        List<String> topics = request.queryParam("topic")
                .map(List::of)
                .orElse(List.of("plans.v1", "tenants.v1", "api-keys.v1", "members.v1", "provider-keys.v1"));
        Trail.Change order = Trail.Change.of("snapshots.republished", "topics:" + topics);
        return trail.recordFirst(TenantId.PLATFORM, order)
                .thenMany(Flux.fromIterable(topics))
                .concatMap(topic -> count(topic).map(records -> Map.entry(topic, records)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue, LinkedHashMap::new)
                .doOnSuccess(done -> outbox.wake())
                .flatMap(counts -> ServerResponse.accepted().bodyValue(new Queued(counts)));
    }

    private Mono<Long> count(String topic) {
        return switch (topic) {
            case "plans.v1" -> platform.in(REASON, this::plans);
            case "api-keys.v1" -> keysFrom(new Place(BEFORE_ALL, ""), 0);
            case "members.v1" -> membersFrom(BEFORE_ALL, new UUID(0, 0), 0);
            case "provider-keys.v1" -> providerKeysFrom(new Place(BEFORE_ALL, ""), 0);
            case "tenants.v1" -> tenantsFrom(BEFORE_ALL, 0);
            default ->
                throw PlatformException.invalid(
                        "topic",
                        "topic must be one of tenants.v1, api-keys.v1, members.v1, provider-keys.v1, plans.v1.");
        };
    }

    private Mono<Long> plans(DatabaseClient client) {
        return plans.all(client)
                .flatMapMany(Flux::fromIterable)
                .map(plan -> Publication.of(
                        TenantId.PLATFORM, SnapshotTopic.PLANS, plan.key(), plan.version(), plan.snapshot()))
                .collectList()
                .flatMap(all -> outbox.addAll(client, all).thenReturn((long) all.size()));
    }

    // In transactions of some hundreds: the locks of one are soon gone, however many tenants there are.
    private Mono<Long> tenantsFrom(TenantId after, long before) {
        return platform.in(
                        REASON,
                        client -> directory
                                .lockedAfter(client, after, PAGE)
                                .collectList()
                                .flatMap(
                                        page -> tenants.publishAll(client, page).thenReturn(page)))
                .flatMap(page -> page.size() < PAGE
                        ? Mono.just(before + page.size())
                        : tenantsFrom(page.getLast().id(), before + page.size()));
    }

    private Mono<Long> keysFrom(Place after, long before) {
        return platform.in(
                        REASON,
                        client -> keys.lockedAfter(client, after.tenant(), after.key(), PAGE)
                                .collectList()
                                .flatMap(page -> outbox.addAll(client, page).thenReturn(page)))
                .flatMap(page -> page.size() < PAGE
                        ? Mono.just(before + page.size())
                        : keysFrom(
                                new Place(
                                        page.getLast().tenant(), page.getLast().key()),
                                before + page.size()));
    }

    private Mono<Long> membersFrom(TenantId tenant, UUID member, long before) {
        return platform.in(
                        REASON,
                        client -> members.lockedAfter(client, tenant, member, PAGE)
                                .collectList()
                                .flatMap(page -> outbox.addAll(client, page).thenReturn(page)))
                .flatMap(page -> page.size() < PAGE
                        ? Mono.just(before + page.size())
                        : membersFrom(
                                page.getLast().tenant(),
                                UUID.fromString(page.getLast().key()),
                                before + page.size()));
    }

    private Mono<Long> providerKeysFrom(Place after, long before) {
        return platform.in(
                        REASON,
                        client -> providerKeys
                                .lockedAfter(client, after.tenant(), after.key(), PAGE)
                                .collectList()
                                .flatMap(page -> outbox.addAll(
                                                client,
                                                page.stream()
                                                        .map(ProviderKeys.Placed::publication)
                                                        .toList())
                                        .thenReturn(page)))
                .flatMap(page -> page.size() < PAGE
                        ? Mono.just(before + page.size())
                        : providerKeysFrom(
                                new Place(
                                        page.getLast().tenant(), page.getLast().provider()),
                                before + page.size()));
    }

    private record Place(TenantId tenant, String key) {}

    /// @param queued snapshots by topic, on their way to the broker
    record Queued(Map<String, Long> queued) {}
}
