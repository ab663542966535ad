package io.weir.tenant.bootstrap;

import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.ApiKey;
import io.weir.security.InvalidSecurityFileException;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import io.weir.tenant.apikey.ApiKeys;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.settings.StoredSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/// Sees to it at every start that the reserved tenant stands, that the operator's key is known, and that plans are
/// published. Repeating it changes nothing.
@Component
final class Bootstrap implements SmartLifecycle {

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final TenantSlug SLUG = new TenantSlug("platform");

    private final BootstrapProperties properties;
    private final PlatformTransaction platform;
    private final Plans plans;
    private final StoredSettings settings;
    private final TenantDirectory directory;
    private final TenantSnapshots snapshots;
    private final ApiKeys keys;
    private final Outbox outbox;
    private final Clock clock;
    private volatile boolean running;

    Bootstrap(
            BootstrapProperties properties,
            PlatformTransaction platform,
            Plans plans,
            StoredSettings settings,
            TenantDirectory directory,
            TenantSnapshots snapshots,
            ApiKeys keys,
            Outbox outbox,
            Clock clock) {
        this.properties = properties;
        this.platform = platform;
        this.plans = plans;
        this.settings = settings;
        this.directory = directory;
        this.snapshots = snapshots;
        this.keys = keys;
        this.outbox = outbox;
        this.clock = clock;
    }

    // After the database, before requests.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 600;
    }

    /// Blocks. Throws [InvalidSecurityFileException] when the admin key's file holds no key.
    @Override
    public void start() {
        Optional<ApiKey> adminKey =
                Optional.ofNullable(properties.adminKeyFile()).map(Bootstrap::read);
        platform.in(
                        "bootstrap",
                        client -> reservedTenant(client)
                                .then(Mono.defer(() -> adminKey(client, adminKey)))
                                .then(Mono.defer(() -> publishPlans(client))))
                .block(LONGEST);
        outbox.wake();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private Mono<Void> reservedTenant(DatabaseClient client) {
        return client.sql("""
                        INSERT INTO tenant (tenant_id, slug, status, plan_key, placement, region, schema_name, created_at, updated_at)
                        VALUES (:tenant, :slug, 'active', 'enterprise', 'pool', 'local', :schema, :now, :now)
                        ON CONFLICT DO NOTHING""")
                .bind("tenant", TenantId.PLATFORM.value())
                .bind("slug", SLUG.value())
                .bind("schema", SLUG.schemaName())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .flatMap(inserted -> inserted == 0 ? Mono.empty() : announce(client));
    }

    private Mono<Void> announce(DatabaseClient client) {
        StoredSettings.Versioned none = new StoredSettings.Versioned(JsonNodeFactory.instance.objectNode(), 1);
        return settings.keep(client, TenantId.PLATFORM, none, "bootstrap")
                .then(Mono.defer(() -> directory.read(client, TenantId.PLATFORM)))
                .flatMap(tenant -> snapshots.publish(client, tenant))
                .then();
    }

    private Mono<Void> adminKey(DatabaseClient client, Optional<ApiKey> key) {
        return Mono.justOrEmpty(key)
                .flatMap(found -> keys.importOnce(
                        client,
                        TenantId.PLATFORM,
                        found,
                        new ApiKeys.Wish("bootstrap admin key", Set.of(Scope.PLATFORM_ADMIN), null)));
    }

    private Mono<Void> publishPlans(DatabaseClient client) {
        return plans.all(client)
                .flatMapMany(Flux::fromIterable)
                .concatMap(plan -> outbox.add(client, publication(plan)))
                .then();
    }

    static Publication publication(Plan plan) {
        return Publication.of(TenantId.PLATFORM, SnapshotTopic.PLANS, plan.key(), plan.version(), plan.snapshot());
    }

    private static ApiKey read(Path file) {
        try {
            if (ApiKey.read(Files.readString(file).strip()) instanceof ApiKey.Reading.WellFormed wellFormed) {
                return wellFormed.key();
            }
        } catch (IOException unreadable) {
            throw new InvalidSecurityFileException("weir.bootstrap.admin-key-file", file, unreadable);
        }
        throw new InvalidSecurityFileException(
                "weir.bootstrap.admin-key-file", file, new IllegalArgumentException("it holds no whole API key"));
    }
}
