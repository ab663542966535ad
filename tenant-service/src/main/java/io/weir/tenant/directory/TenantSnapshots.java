package io.weir.tenant.directory;

import io.weir.r2dbc.Column;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.settings.Cascade;
import io.weir.tenant.settings.StoredSettings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/// What the data plane is told of a tenant, and the outbox row that tells it.
@Component
public final class TenantSnapshots {

    private final StoredSettings settings;
    private final TenantDirectory directory;
    private final Outbox outbox;
    private final Clock clock;

    TenantSnapshots(StoredSettings settings, TenantDirectory directory, Outbox outbox, Clock clock) {
        this.settings = settings;
        this.directory = directory;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// Gives a changed tenant its next version and adds the snapshot to the outbox, in the transaction of the change.
    public Mono<Publication> changed(DatabaseClient client, TenantId id) {
        return client.sql("UPDATE tenant SET version = version + 1, updated_at = :now WHERE tenant_id = :tenant"
                        + " RETURNING version")
                .bind("now", clock.instant())
                .bind("tenant", id.value())
                .map(row -> Column.of(row, "version", Long.class))
                .one()
                .then(Mono.defer(() -> directory.read(client, id)))
                .flatMap(tenant -> publish(client, tenant));
    }

    /// Adds the snapshot of a tenant as it stands.
    public Mono<Publication> publish(DatabaseClient client, Tenant tenant) {
        return settings.current(client, tenant.id())
                .flatMap(own -> settings.cascade(client, tenant.plan(), own.settings()))
                .map(cascade -> Publication.of(
                        tenant.id(),
                        SnapshotTopic.TENANTS,
                        tenant.id().toString(),
                        tenant.version(),
                        snapshot(tenant, cascade)))
                .flatMap(publication -> outbox.add(client, publication).thenReturn(publication));
    }

    /// As [#publish], for many.
    public Mono<Void> publishAll(DatabaseClient client, List<Tenant> tenants) {
        List<TenantId> ids = tenants.stream().map(Tenant::id).toList();
        return settings.current(client, ids)
                .zipWith(
                        settings.catalogue(client),
                        (own, plans) -> tenants.stream()
                                .map(tenant -> Publication.of(
                                        tenant.id(),
                                        SnapshotTopic.TENANTS,
                                        tenant.id().toString(),
                                        tenant.version(),
                                        snapshot(tenant, settings.cascade(plans, tenant.plan(), own.get(tenant.id())))))
                                .toList())
                .flatMap(all -> outbox.addAll(client, all));
    }

    private static TenantSnapshot snapshot(Tenant tenant, Cascade cascade) {
        return new TenantSnapshot(
                tenant.id(),
                tenant.slug(),
                tenant.status(),
                tenant.plan(),
                tenant.placement(),
                tenant.region(),
                cascade.at("timeZone").orElseThrow().value().stringValue(),
                cascade.at("currency").orElseThrow().value().stringValue(),
                tenant.maxMonthlySpend(),
                new TenantSettings(
                        models(cascade),
                        routing(cascade),
                        words(cascade, "ipAllowList"),
                        OwnLimits.of(cascade),
                        cors(cascade),
                        calls(cascade),
                        cache(cascade),
                        cascade.at("retentionDays")
                                .map(Cascade.Effective::value)
                                .map(JsonNode::intValue)
                                .orElse(null)),
                tenant.version(),
                tenant.createdAt(),
                tenant.eraseAfter());
    }

    private static TenantSettings.Models models(Cascade cascade) {
        return new TenantSettings.Models(
                words(cascade, "models.allowed"),
                word(cascade, "models.default"),
                cascade.at("models.temperature")
                        .map(Cascade.Effective::value)
                        .map(JsonNode::doubleValue)
                        .orElse(null),
                cascade.at("models.maxTokens")
                        .map(Cascade.Effective::value)
                        .map(JsonNode::intValue)
                        .orElse(null),
                word(cascade, "models.embedding"));
    }

    private static TenantSettings.@Nullable Routing routing(Cascade cascade) {
        String sort = word(cascade, "routing.sort");
        TenantSettings.Routing stated = new TenantSettings.Routing(
                word(cascade, "routing.preferredProvider"),
                words(cascade, "routing.order"),
                words(cascade, "routing.only"),
                words(cascade, "routing.ignore"),
                sort == null ? null : TenantSettings.Sort.of(sort),
                cascade.at("routing.maxPrice")
                        .map(Cascade.Effective::value)
                        .map(JsonNode::decimalValue)
                        .orElse(null),
                words(cascade, "routing.regions"));
        return stated.equals(TenantSettings.Routing.NONE) ? null : stated;
    }

    private static TenantSettings.@Nullable Cors cors(Cascade cascade) {
        List<String> origins = words(cascade, "cors.allowedOrigins");
        return origins.isEmpty() ? null : new TenantSettings.Cors(origins);
    }

    private static TenantSettings.@Nullable Calls calls(Cascade cascade) {
        String clientGone = word(cascade, "calls.clientGone");
        return clientGone == null ? null : new TenantSettings.Calls(TenantSettings.ClientGone.of(clientGone));
    }

    private static TenantSettings.@Nullable Cache cache(Cascade cascade) {
        TenantSettings.Cache stated = new TenantSettings.Cache(
                flag(cascade, "cache.exact"),
                flag(cascade, "cache.semantic"),
                flag(cascade, "cache.sampled"),
                cascade.at("cache.ttlSeconds")
                        .map(Cascade.Effective::value)
                        .map(JsonNode::intValue)
                        .orElse(null),
                cascade.at("cache.threshold")
                        .map(Cascade.Effective::value)
                        .map(JsonNode::doubleValue)
                        .orElse(null));
        return stated.equals(TenantSettings.Cache.OFF) ? null : stated;
    }

    private static boolean flag(Cascade cascade, String path) {
        return cascade.at(path)
                .map(Cascade.Effective::value)
                .map(JsonNode::booleanValue)
                .orElse(false);
    }

    private static @Nullable String word(Cascade cascade, String path) {
        return cascade.at(path)
                .map(Cascade.Effective::value)
                .map(JsonNode::stringValue)
                .orElse(null);
    }

    private static List<String> words(Cascade cascade, String path) {
        List<String> words = new ArrayList<>();
        cascade.at(path).ifPresent(found -> found.value().forEach(word -> words.add(word.stringValue())));
        return words;
    }

    /// The word for a status in the database and on the wire.
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
