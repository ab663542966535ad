package io.weir.tenant.configuration;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.settings.Cascade;
import io.weir.tenant.settings.SettingsPatch;
import io.weir.tenant.settings.StoredSettings;
import java.util.OptionalLong;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads and changes the configuration of the tenant in scope. A change is one transaction with its publication.
@Component
final class TenantConfiguration {

    private final TenantTransaction transaction;
    private final TenantDirectory directory;
    private final StoredSettings settings;
    private final TenantSnapshots snapshots;
    private final Outbox outbox;

    TenantConfiguration(
            TenantTransaction transaction,
            TenantDirectory directory,
            StoredSettings settings,
            TenantSnapshots snapshots,
            Outbox outbox) {
        this.transaction = transaction;
        this.directory = directory;
        this.settings = settings;
        this.snapshots = snapshots;
        this.outbox = outbox;
    }

    record InForce(Cascade cascade, long version) {}

    Mono<InForce> of(TenantId id) {
        return transaction.in(client -> directory
                .read(client, id)
                .flatMap(tenant -> settings.current(client, id).flatMap(own -> inForce(client, tenant, own))));
    }

    /// Fails with a 412 when `expected` is no longer the version in force, and with a 403 when a tenant admin gives
    /// itself more than its plan.
    Mono<InForce> change(TenantId id, SettingsPatch patch, OptionalLong expected, Passport by) {
        return transaction
                .in(client -> directory
                        .locked(client, id)
                        .flatMap(tenant -> settings.current(client, id)
                                .flatMap(own -> changed(client, tenant, own, patch, expected, by))))
                .doOnSuccess(done -> outbox.wake());
    }

    private Mono<InForce> changed(
            DatabaseClient client,
            Tenant tenant,
            StoredSettings.Versioned own,
            SettingsPatch patch,
            OptionalLong expected,
            Passport by) {
        if (expected.isPresent() && expected.getAsLong() != own.version()) {
            return Mono.error(stale(expected.getAsLong(), own.version()));
        }
        refuseUnenforced(patch);
        refuseCurrency(patch, by);
        ObjectNode merged = patch.applyTo(own.settings());
        StoredSettings.Versioned next = new StoredSettings.Versioned(merged, own.version() + 1);
        return refuseMoreThanPlan(client, tenant, patch, merged, by)
                .then(Mono.defer(() -> settings.keep(client, tenant.id(), next, by.subject())))
                .then(Mono.defer(() -> snapshots.changed(client, tenant.id())))
                .then(Mono.defer(() -> inForce(client, tenant, next)));
    }

    private Mono<InForce> inForce(DatabaseClient client, Tenant tenant, StoredSettings.Versioned own) {
        return settings.cascade(client, tenant.plan(), own.settings())
                .map(cascade -> new InForce(cascade, own.version()));
    }

    private Mono<Void> refuseMoreThanPlan(
            DatabaseClient client, Tenant tenant, SettingsPatch patch, ObjectNode merged, Passport by) {
        if (by.allows(Scope.PLATFORM_ADMIN)) {
            return Mono.empty();
        }
        Mono<Cascade> withoutOwn = settings.cascade(client, tenant.plan(), JsonNodeFactory.instance.objectNode());
        return Mono.zip(withoutOwn, settings.cascade(client, tenant.plan(), merged), (plan, wanted) -> {
                    patch.touched().stream()
                            .filter(path -> PlanCeiling.isExceeded(path, plan, wanted))
                            .findFirst()
                            .ifPresent(path -> {
                                throw PlatformException.of(
                                        ProblemType.PERMISSION_DENIED,
                                        path,
                                        path
                                                + " is above the tenant's plan. Choose a larger plan, or ask the platform's"
                                                + " operator for it.");
                            });
                    return plan;
                })
                .then();
    }

    // A fence that nobody stands at is worse than none.
    private static void refuseUnenforced(SettingsPatch patch) {
        if (!patch.body().path("ipAllowList").isEmpty()) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "ipAllowList",
                    "Tenants cannot be bound to address ranges yet: nothing would enforce it. Leave ipAllowList out.");
        }
        JsonNode maxPrice = patch.body().path("routing").path("maxPrice");
        if (!maxPrice.isMissingNode() && !maxPrice.isNull()) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "routing.maxPrice",
                    "A highest price is not enforced yet. Leave routing.maxPrice out; models.allowed rules out dear models.");
        }
    }

    // Invoices are in it, and only some currencies can be invoiced.
    private static void refuseCurrency(SettingsPatch patch, Passport by) {
        if (patch.body().has("currency") && !by.allows(Scope.PLATFORM_ADMIN)) {
            throw PlatformException.of(
                    ProblemType.PERMISSION_DENIED,
                    "currency",
                    "The currency of a tenant's invoices is the platform's operator's to change. Ask for it there.");
        }
    }

    private static PlatformException stale(long expected, long current) {
        return PlatformException.of(
                ProblemType.PRECONDITION_FAILED,
                "If-Match",
                "The configuration has changed: If-Match names version " + expected + ", in force is " + current
                        + ". Read it again and repeat the change.");
    }
}
