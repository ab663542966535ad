package io.weir.tenant.provisioning;

import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.placement.Completion;
import io.weir.security.ApiKey;
import io.weir.security.Scope;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenant.apikey.ApiKeys;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.directory.TenantState;
import io.weir.tenant.placement.NewPlaces;
import io.weir.tenant.placement.PlanPlacement;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.settings.StoredSettings;
import io.weir.tenant.trail.Trail;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Makes tenants. One transaction holds the tenant, its settings, its first key and their publications: after a crash
/// there is nothing, or a tenant that works.
@Component
final class Provisioning {

    private final PlatformTransaction platform;
    private final StoredSettings settings;
    private final ApiKeys keys;
    private final TenantSnapshots snapshots;
    private final Outbox outbox;
    private final Trail trail;
    private final PlanPlacement plans;
    private final NewPlaces places;
    private final Clock clock;
    private final RandomGenerator random;

    Provisioning(
            PlatformTransaction platform,
            StoredSettings settings,
            ApiKeys keys,
            TenantSnapshots snapshots,
            Outbox outbox,
            Trail trail,
            PlanPlacement plans,
            NewPlaces places,
            Clock clock,
            RandomGenerator random) {
        this.platform = platform;
        this.settings = settings;
        this.keys = keys;
        this.snapshots = snapshots;
        this.outbox = outbox;
        this.trail = trail;
        this.plans = plans;
        this.places = places;
        this.clock = clock;
        this.random = random;
    }

    /// @param key shown to the caller, then known to nobody
    record Provisioned(Tenant tenant, ApiKey key) {}

    /// Answers after the commit. Fails with a 409 when the slug is taken.
    Mono<Provisioned> provision(ProvisioningRequest request, String by) {
        Placement wished = request.placement();
        Placement placement = wished == null ? plans.of(request.plan()) : wished;
        Tenant tenant = new Tenant(
                new TenantId(UuidV7.next(clock, random)),
                request.slug(),
                TenantState.ACTIVE,
                request.plan().key(),
                placement,
                request.region(),
                request.maxMonthlySpend(),
                request.slug().schemaName(),
                1,
                clock.instant(),
                null,
                null);
        return places.with(
                        tenant,
                        place -> platform.in(
                                "provision a tenant",
                                client -> insert(client, tenant, request)
                                        .then(Mono.defer(() -> Completion.of(client, tenant.id(), place)))
                                        .then(Mono.defer(() -> settings.keep(
                                                client,
                                                tenant.id(),
                                                new StoredSettings.Versioned(request.settings(), 1),
                                                by)))
                                        .then(Mono.defer(() -> keys.create(
                                                client,
                                                tenant.id(),
                                                new ApiKeys.Wish("first key", Scope.FIRST_KEY, null))))
                                        .flatMap(key -> snapshots
                                                .publish(client, tenant)
                                                .thenReturn(new Provisioned(tenant, key)))
                                        .delayUntil(done -> trail.record(client, tenant.id(), provisioned(done)))))
                .onErrorMap(DuplicateKeyException.class, taken -> taken(request))
                .doOnSuccess(done -> outbox.wake());
    }

    private static Trail.Change provisioned(Provisioned done) {
        return Trail.Change.of("tenant.provisioned", "tenant:" + done.tenant().id())
                .because(done.tenant().plan() + ", " + done.tenant().placement().wireName() + ", first key "
                        + done.key().id());
    }

    private static Mono<Void> insert(DatabaseClient client, Tenant tenant, ProvisioningRequest request) {
        Amount spend = tenant.maxMonthlySpend();
        return client.sql("""
                        INSERT INTO tenant (tenant_id, slug, status, plan_key, placement, region, country, admin_email,
                            max_monthly_spend, schema_name, version, created_at, updated_at)
                        VALUES (:tenant, :slug, :status, :plan, :placement, :region, :country, :email, :spend, :schema,
                            :version, :at, :at)""")
                .bind("tenant", tenant.id().value())
                .bind("slug", tenant.slug().value())
                .bind("status", tenant.state().word())
                .bind("plan", tenant.plan())
                .bind("placement", tenant.placement().wireName())
                .bind("region", tenant.region())
                .bind("country", Column.parameter(request.country(), String.class))
                .bind("email", request.adminEmail())
                .bind("spend", Column.parameter(spend == null ? null : spend.value(), BigDecimal.class))
                .bind("schema", tenant.schemaName())
                .bind("version", tenant.version())
                .bind("at", tenant.createdAt())
                .then();
    }

    private static PlatformException taken(ProvisioningRequest request) {
        return PlatformException.of(
                ProblemType.CONFLICT,
                "slug",
                "There is a tenant '" + request.slug() + "' already. Choose another slug.");
    }
}
