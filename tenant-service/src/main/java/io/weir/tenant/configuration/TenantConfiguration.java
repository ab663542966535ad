package io.weir.tenant.configuration;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.apikey.ApiKeys;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.settings.Cascade;
import io.weir.tenant.settings.SettingsPatch;
import io.weir.tenant.settings.StoredSettings;
import io.weir.tenant.trail.Trail;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads and changes the configuration of the tenant in scope. A change is one transaction with its publication.
@Component
final class TenantConfiguration {

    /// The member of a 412 that tells the version in force.
    static final String CURRENT_VERSION = "currentVersion";

    private final TenantTransaction transaction;
    private final TenantDirectory directory;
    private final StoredSettings settings;
    private final TenantSnapshots snapshots;
    private final ApiKeys keys;
    private final History history;
    private final Trail trail;
    private final Outbox outbox;

    TenantConfiguration(
            TenantTransaction transaction,
            TenantDirectory directory,
            StoredSettings settings,
            TenantSnapshots snapshots,
            ApiKeys keys,
            History history,
            Trail trail,
            Outbox outbox) {
        this.transaction = transaction;
        this.directory = directory;
        this.settings = settings;
        this.snapshots = snapshots;
        this.keys = keys;
        this.history = history;
        this.trail = trail;
        this.outbox = outbox;
    }

    record InForce(Cascade cascade, long version) {}

    /// What is in force for the tenant, or for calls with one of its keys.
    Mono<InForce> of(TenantId id, Optional<String> keyId) {
        return transaction.in(client -> directory
                .read(client, id)
                .flatMap(tenant -> settings.current(client, id).flatMap(own -> inForce(client, tenant, own)))
                .flatMap(found ->
                        keyId.map(key -> withKey(client, id, key, found)).orElse(Mono.just(found))));
    }

    private Mono<InForce> withKey(DatabaseClient client, TenantId id, String keyId, InForce found) {
        return keys.known(client, id, keyId)
                .map(key -> new InForce(
                        found.cascade().with(new Cascade.Layer(Cascade.KEY, key.settings())), found.version()));
    }

    /// Fails with a 412 when `expected` is no longer the version in force, and with a 403 when a tenant admin gives
    /// itself more than its plan, or than the operator set for it.
    Mono<InForce> change(TenantId id, SettingsPatch patch, OptionalLong expected, Passport by) {
        SettingsRules.refuseCurrency(patch, by);
        return changed(id, new Wanted(patch.body(), patch::applyTo), expected, by, "config.changed", null);
    }

    /// Brings back what the tenant had set at a former version, as a new version. As [#change] in all else; a 404 when
    /// there is no such version, and a 409 when it is the one in force.
    Mono<InForce> rollBack(TenantId id, long version, OptionalLong expected, Passport by) {
        return history.version(id, version)
                .delayUntil(former -> refuseInForce(id, version))
                .flatMap(former -> changed(
                        id,
                        new Wanted(StoredSettings.NONE, own -> former.settings()),
                        expected,
                        by,
                        "config.rolled-back",
                        "to version " + version));
    }

    /// @param asked the settings that the caller named
    /// @param change of the tenant's own settings
    private record Wanted(ObjectNode asked, UnaryOperator<ObjectNode> change) {

        // Limits of the operator bind the tenant, and not the operator.
        StoredSettings.Versioned after(StoredSettings.Versioned own, Passport by) {
            ObjectNode next = change.apply(own.settings());
            return by.allows(Scope.PLATFORM_ADMIN)
                    ? new StoredSettings.Versioned(
                            next, own.version() + 1, own.operator().after(own.settings(), asked, next))
                    : new StoredSettings.Versioned(own.operator().hold(next), own.version() + 1, own.operator());
        }
    }

    private Mono<Void> refuseInForce(TenantId id, long version) {
        return transaction
                .in(client -> settings.current(client, id))
                .filter(own -> own.version() == version)
                .flatMap(own -> Mono.error(PlatformException.of(
                        ProblemType.CONFLICT, "version", "Version " + version + " is the one in force already.")));
    }

    private Mono<InForce> changed(
            TenantId id, Wanted wanted, OptionalLong expected, Passport by, String action, @Nullable String words) {
        return transaction
                .in(client -> directory
                        .locked(client, id)
                        .flatMap(tenant -> settings.current(client, id)
                                .doOnNext(own -> refuseStale(expected, own.version()))
                                .flatMap(own -> apply(client, tenant, own, wanted.after(own, by), by)
                                        .delayUntil(done -> trail.record(
                                                client,
                                                id,
                                                Trail.Change.of(action, "config:" + done.version())
                                                        .from(
                                                                own.settings(),
                                                                wanted.after(own, by)
                                                                        .settings())
                                                        .because(words))))))
                .doOnSuccess(done -> outbox.wake());
    }

    private Mono<InForce> apply(
            DatabaseClient client,
            Tenant tenant,
            StoredSettings.Versioned own,
            StoredSettings.Versioned next,
            Passport by) {
        SettingsPatch all = new SettingsPatch(next.settings());
        SettingsRules.refuseReserved(tenant.id(), all);
        SettingsRules.refuseCurrency(own.settings(), next.settings(), by);
        return refuseMoreThanPlan(client, tenant, own, all, by)
                .then(Mono.defer(() -> settings.keep(client, tenant.id(), next, by.subject())))
                .then(Mono.defer(() -> snapshots.changed(client, tenant.id())))
                .then(Mono.defer(() -> inForce(client, tenant, next)));
    }

    private Mono<InForce> inForce(DatabaseClient client, Tenant tenant, StoredSettings.Versioned own) {
        return settings.cascade(client, tenant.plan(), own.settings())
                .map(cascade -> new InForce(cascade, own.version()));
    }

    private Mono<Void> refuseMoreThanPlan(
            DatabaseClient client, Tenant tenant, StoredSettings.Versioned before, SettingsPatch wanted, Passport by) {
        if (by.allows(Scope.PLATFORM_ADMIN)) {
            return Mono.empty();
        }
        Mono<Cascade> withoutOwn = settings.cascade(client, tenant.plan(), JsonNodeFactory.instance.objectNode());
        return Mono.zip(withoutOwn, settings.cascade(client, tenant.plan(), wanted.body()), (plan, cascade) -> {
                    wanted.touchedSince(before.settings()).stream()
                            .filter(path -> !before.operator().has(path) && cascade.isAbovePlan(path, plan))
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

    private static void refuseStale(OptionalLong expected, long current) {
        if (expected.isPresent() && expected.getAsLong() != current) {
            throw PlatformException.of(
                            ProblemType.PRECONDITION_FAILED,
                            "If-Match",
                            "The configuration has changed: If-Match names version " + expected.getAsLong()
                                    + ", in force is " + current + ". Read it again and repeat the change.")
                    .with(CURRENT_VERSION, current);
        }
    }
}
