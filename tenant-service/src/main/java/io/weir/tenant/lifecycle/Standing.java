package io.weir.tenant.lifecycle;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.directory.TenantState;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.trail.Trail;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether a tenant is served: suspends it, lets it leave, brings it back. Each change is one transaction with its
/// publication, its jobs and its place in the trail.
@Component
final class Standing {

    private static final String OPERATOR = "operator";

    private final PlatformTransaction platform;
    private final TenantDirectory directory;
    private final TenantSnapshots snapshots;
    private final Jobs jobs;
    private final Trail trail;
    private final Outbox outbox;
    private final Clock clock;

    Standing(
            PlatformTransaction platform,
            TenantDirectory directory,
            TenantSnapshots snapshots,
            Jobs jobs,
            Trail trail,
            Outbox outbox,
            Clock clock) {
        this.platform = platform;
        this.directory = directory;
        this.snapshots = snapshots;
        this.jobs = jobs;
        this.trail = trail;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// @param eraseAfter when the erasure begins, unless the tenant is activated before
    record Leaving(Tenant tenant, Instant eraseAfter, Jobs.Job export, Jobs.Job erasure) {}

    /// What the operator suspended, only the operator brings back. Fails with a 422 for the reserved tenant, and with
    /// a 409 for one that leaves.
    Mono<Jobs.Job> suspend(TenantId id, @Nullable String reason, Passport by) {
        return change(
                "a tenant is suspended",
                client -> directory.locked(client, id).flatMap(tenant -> {
                    refuseReserved(id, "suspended");
                    refuseLeaving(tenant);
                    boolean operators = by.allows(Scope.PLATFORM_ADMIN) || OPERATOR.equals(tenant.suspendedBy());
                    return client.sql(
                                    "UPDATE tenant SET status = 'suspended', suspended_by = :by, suspended_reason = :reason"
                                            + " WHERE tenant_id = :tenant")
                            .bind("by", operators ? OPERATOR : "tenant")
                            .bind("reason", Column.parameter(reason, String.class))
                            .bind("tenant", id.value())
                            .then()
                            .then(Mono.defer(() -> changed(client, id, "suspend", "tenant.suspended", reason)));
                }));
    }

    /// Brings back a tenant that is suspended or leaves. Fails with a 403 where the operator suspended it and another
    /// asks, and with a 409 when its erasure has begun.
    Mono<Jobs.Job> activate(TenantId id, Passport by) {
        return change(
                "a tenant is activated",
                client -> directory.locked(client, id).flatMap(tenant -> {
                    if (!by.allows(Scope.PLATFORM_ADMIN) && OPERATOR.equals(tenant.suspendedBy())) {
                        throw new PlatformException(
                                ProblemType.PERMISSION_DENIED,
                                "The platform's operator suspended this tenant, and alone can activate it. Ask there.");
                    }
                    return client.sql("""
                            UPDATE tenant SET status = 'active', suspended_by = NULL, suspended_reason = NULL,
                                erase_after = NULL WHERE tenant_id = :tenant""")
                            .bind("tenant", id.value())
                            .then()
                            .then(Mono.defer(() -> jobs.cancel(client, id, Work.ERASURE)))
                            .then(Mono.defer(() -> changed(client, id, "activate", "tenant.activated", null)));
                }));
    }

    /// Has the tenant leave: refused from now on, exported at once, erased after the grace. Fails with a 422 for the
    /// reserved tenant, with a 400 where `confirm` is not its slug, and with a 409 when it leaves already.
    Mono<Leaving> offboard(TenantId id, Duration grace, String confirm) {
        return change(
                "a tenant leaves",
                client -> directory.locked(client, id).flatMap(tenant -> {
                    refuseReserved(id, "offboarded");
                    refuseLeaving(tenant);
                    if (!confirm.equals(tenant.slug().value())) {
                        throw PlatformException.invalid(
                                "confirm", "confirm must be the tenant's slug, to show that this tenant is meant.");
                    }
                    Instant eraseAfter = clock.instant().plus(grace);
                    return client.sql(
                                    "UPDATE tenant SET status = 'offboarding', erase_after = :after WHERE tenant_id = :tenant")
                            .bind("after", eraseAfter)
                            .bind("tenant", id.value())
                            .then()
                            .then(Mono.defer(() -> snapshots.changed(client, id)))
                            .then(Mono.defer(() -> leaving(client, tenant, eraseAfter)));
                }));
    }

    private Mono<Leaving> leaving(DatabaseClient client, Tenant tenant, Instant eraseAfter) {
        return jobs.schedule(client, tenant.id(), Work.EXPORT, clock.instant())
                .zipWhen(export -> jobs.schedule(client, tenant.id(), Work.ERASURE, eraseAfter))
                .map(begun -> new Leaving(tenant, eraseAfter, begun.getT1(), begun.getT2()))
                .delayUntil(leaving -> record(client, tenant.id(), "tenant.offboarded", "erased after " + eraseAfter));
    }

    private Mono<Jobs.Job> changed(
            DatabaseClient client, TenantId id, String kind, String action, @Nullable String words) {
        return snapshots
                .changed(client, id)
                .flatMap(publication -> jobs.begin(client, id, kind, publication.version()))
                .delayUntil(job -> record(client, id, action, words));
    }

    private Mono<Void> record(DatabaseClient client, TenantId id, String action, @Nullable String words) {
        return trail.record(client, id, Trail.Change.of(action, "tenant:" + id).because(words));
    }

    private <T> Mono<T> change(String reason, java.util.function.Function<DatabaseClient, Mono<T>> work) {
        return platform.in(reason, work).doOnSuccess(done -> outbox.wake());
    }

    private static void refuseReserved(TenantId id, String what) {
        if (id.equals(TenantId.PLATFORM)) {
            throw new PlatformException(
                    ProblemType.UNPROCESSABLE, "The reserved tenant cannot be " + what + ": nobody could undo it.");
        }
    }

    private static void refuseLeaving(Tenant tenant) {
        if (tenant.state() == TenantState.OFFBOARDING) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "The tenant leaves already and is erased after " + tenant.eraseAfter()
                            + ". POST .../activate keeps it.");
        }
    }
}
