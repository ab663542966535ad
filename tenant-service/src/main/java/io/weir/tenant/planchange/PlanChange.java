package io.weir.tenant.planchange;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.directory.TenantState;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.quota.Quota;
import io.weir.tenant.quota.Quotas;
import io.weir.tenant.quota.Used;
import io.weir.tenant.settings.Cascade;
import io.weir.tenant.settings.StoredSettings;
import io.weir.tenant.trail.Trail;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// Puts tenants on other plans, at once. The app's role cannot do it: a plan is money.
@Component
final class PlanChange {

    private static final Logger LOG = LoggerFactory.getLogger(PlanChange.class);

    private final PlatformTransaction platform;
    private final TenantDirectory directory;
    private final Plans plans;
    private final Quotas quotas;
    private final StoredSettings settings;
    private final TenantSnapshots snapshots;
    private final Trail trail;
    private final Outbox outbox;
    private final ObjectProvider<PlacementRule> placement;

    PlanChange(
            PlatformTransaction platform,
            TenantDirectory directory,
            Plans plans,
            Quotas quotas,
            StoredSettings settings,
            TenantSnapshots snapshots,
            Trail trail,
            Outbox outbox,
            ObjectProvider<PlacementRule> placement) {
        this.platform = platform;
        this.directory = directory;
        this.plans = plans;
        this.quotas = quotas;
        this.settings = settings;
        this.snapshots = snapshots;
        this.trail = trail;
        this.outbox = outbox;
        this.placement = placement;
    }

    /// @param tenant on its new plan
    record Changed(Tenant tenant, Plan former, Plan next) {}

    /// What stands in the way of a smaller plan.
    record Exceeding(String name, long used, long allowed) {}

    /// Fails with a 400 that lists the plans, a 409 when it is on that plan or leaves, and a 422 that lists everything
    /// of which the tenant uses more than the plan allows.
    Mono<Changed> change(TenantId id, String planTier, Passport by) {
        return TenantScope.current()
                .flatMap(quotas::metered)
                .flatMap(flowing ->
                        platform.in("a tenant's plan is changed", client -> change(client, id, planTier, flowing, by)))
                .doOnSuccess(done -> outbox.wake())
                .delayUntil(this::tellPlacement);
    }

    private Mono<Changed> change(DatabaseClient client, TenantId id, String planTier, Used flowing, Passport by) {
        return Mono.zip(directory.locked(client, id), plans.all(client)).flatMap(found -> {
            Tenant tenant = found.getT1();
            Plan former = Plans.named(found.getT2(), tenant.plan()).orElseThrow();
            Plan next = Plans.named(found.getT2(), planTier).orElseThrow(() -> unknown(found.getT2()));
            refuseUnchangeable(tenant, next);
            return refuseExceeding(client, tenant, former, next, flowing, by)
                    .then(Mono.defer(() -> store(client, tenant, former, next)));
        });
    }

    private Mono<Changed> store(DatabaseClient client, Tenant tenant, Plan former, Plan next) {
        return client.sql("UPDATE tenant SET plan_key = :plan WHERE tenant_id = :tenant")
                .bind("plan", next.key())
                .bind("tenant", tenant.id().value())
                .then()
                .then(Mono.defer(() -> snapshots.changed(client, tenant.id())))
                .then(Mono.defer(() -> directory.read(client, tenant.id())))
                .map(changed -> new Changed(changed, former, next))
                .delayUntil(changed -> trail.record(
                        client,
                        tenant.id(),
                        Trail.Change.of("plan.changed", "tenant:" + tenant.id())
                                .from(former.key(), next.key())
                                .because("from " + former.key() + " to " + next.key())));
    }

    private Mono<Void> tellPlacement(Changed changed) {
        return Flux.fromStream(placement::orderedStream)
                .concatMap(rule -> rule.planChanged(changed.tenant(), changed.former(), changed.next()))
                .onErrorResume(failed -> {
                    LOG.error(
                            "The placement of tenant {} did not follow its plan",
                            changed.tenant().id(),
                            failed);
                    return Mono.empty();
                })
                .then();
    }

    private Mono<Void> refuseExceeding(
            DatabaseClient client, Tenant tenant, Plan former, Plan next, Used flowing, Passport by) {
        return Mono.zip(quotas.on(client, tenant, next, flowing), settings.current(client, tenant.id()))
                .doOnNext(found -> {
                    List<Exceeding> exceeding = new ArrayList<>(exceeding(found.getT1()));
                    if (!by.allows(Scope.PLATFORM_ADMIN)) {
                        exceeding.addAll(ownAbove(former, next, found.getT2().settings()));
                    }
                    refuse(next, exceeding);
                })
                .then();
    }

    private static List<Exceeding> exceeding(List<Quota> quotas) {
        List<Exceeding> found = new ArrayList<>();
        for (Quota quota : quotas) {
            Long used = quota.used();
            Long limit = quota.limit();
            if (quota.kind() == Quota.Kind.HARD && quota.exceeded() && used != null && limit != null) {
                found.add(new Exceeding(quota.name(), used, limit));
            }
        }
        return found;
    }

    // What the tenant set itself within its former plan, and could not set on the next one.
    private List<Exceeding> ownAbove(Plan former, Plan next, ObjectNode own) {
        Cascade before = settings.cascade(former, own);
        Cascade after = settings.cascade(next, own);
        Cascade formerAlone = settings.cascade(former, StoredSettings.NONE);
        Cascade nextAlone = settings.cascade(next, StoredSettings.NONE);
        return Cascade.paths()
                .filter(path -> after.isAbovePlan(path, nextAlone) && !before.isAbovePlan(path, formerAlone))
                .map(path -> new Exceeding(path, after.amount(path), nextAlone.amount(path)))
                .toList();
    }

    private static void refuse(Plan next, List<Exceeding> exceeding) {
        if (exceeding.isEmpty()) {
            return;
        }
        throw PlatformException.of(
                        ProblemType.UNPROCESSABLE,
                        "planTier",
                        "The tenant uses more than plan '" + next.key() + "' allows: "
                                + exceeding.stream()
                                        .map(one -> one.name() + " " + one.used() + " of " + one.allowed())
                                        .collect(Collectors.joining(", "))
                                + ". Reduce it first, or choose a larger plan.")
                .with("exceeds", exceeding);
    }

    private static void refuseUnchangeable(Tenant tenant, Plan next) {
        if (tenant.id().equals(TenantId.PLATFORM)) {
            throw PlatformException.of(ProblemType.UNPROCESSABLE, "planTier", "The reserved tenant stays on its plan.");
        }
        if (tenant.state() != TenantState.ACTIVE && tenant.state() != TenantState.SUSPENDED) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "The tenant is " + tenant.state().word() + "; its plan is not changed any more.");
        }
        if (tenant.plan().equals(next.key())) {
            throw PlatformException.of(
                    ProblemType.CONFLICT, "planTier", "The tenant is on plan '" + next.key() + "' already.");
        }
    }

    private static PlatformException unknown(List<Plan> plans) {
        return PlatformException.invalid(
                "planTier",
                "planTier is not a plan (expected one of: "
                        + plans.stream().map(Plan::key).collect(Collectors.joining(", ")) + ").");
    }
}
