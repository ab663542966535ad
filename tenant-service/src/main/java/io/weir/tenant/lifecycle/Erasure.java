package io.weir.tenant.lifecycle;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.ParkedEvents;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.directory.TenantState;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.trail.Trail;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Erases a tenant whose grace is over: its snapshots leave their topics, its placed rows and its rows in the
/// registry are deleted, its archives removed. Its id and slug stay, so that the slug is given to nobody else. What was
/// erased is certified in the job and in the audit log of the platform. Invoices and the ledger are others', and kept
/// by law.
///
/// Each step may be repeated; how many rows there were is noted before they are deleted, and not counted twice.
@Component
final class Erasure {

    private static final Logger LOG = LoggerFactory.getLogger(Erasure.class);
    private static final String REASON = "a tenant is erased";
    private static final Duration FOR_THE_BROKER = Duration.ofSeconds(2);
    private static final List<HeldTable> REGISTRY =
            List.of(HeldTable.GRANTS, HeldTable.KEYS, HeldTable.PROVIDER_KEYS, HeldTable.SETTINGS);
    private static final int STEPS = 5;

    private final PlatformTransaction platform;
    private final TenantDirectory directory;
    private final PlacedErasure placed;
    private final Jobs jobs;
    private final ParkedEvents parked;
    private final Archives archives;
    private final Outbox outbox;
    private final Trail trail;
    private final Clock clock;

    Erasure(
            PlatformTransaction platform,
            TenantDirectory directory,
            PlacedErasure placed,
            Jobs jobs,
            ParkedEvents parked,
            Archives archives,
            Outbox outbox,
            Trail trail,
            Clock clock) {
        this.platform = platform;
        this.directory = directory;
        this.placed = placed;
        this.jobs = jobs;
        this.parked = parked;
        this.archives = archives;
        this.outbox = outbox;
        this.trail = trail;
        this.clock = clock;
    }

    /// Completes when the job has ended, or waits for the broker and is to be taken on again.
    Mono<Void> run(ClaimedJob job) {
        return platform.in(REASON, client -> begin(client, job.tenant())).flatMap(begun -> {
            if (!begun) {
                return job.end(platform, "cancelled", null).then();
            }
            outbox.wake();
            return isOnTheWay(job.tenant())
                    .flatMap(waits ->
                            waits ? job.later(platform, clock, FOR_THE_BROKER, "waits for the broker") : erase(job));
        });
    }

    /// False for a tenant that was brought back.
    private Mono<Boolean> begin(DatabaseClient client, TenantId id) {
        return directory.lockedInAnyState(client, id).flatMap(tenant -> {
            boolean due = tenant.eraseAfter() != null && !clock.instant().isBefore(tenant.eraseAfter());
            if (tenant.state() == TenantState.ERASING) {
                return Mono.just(true);
            }
            return tenant.state() == TenantState.OFFBOARDING && due
                    ? withdraw(client, tenant).thenReturn(true)
                    : Mono.just(false);
        });
    }

    private Mono<Void> withdraw(DatabaseClient client, Tenant tenant) {
        LOG.info("The erasure of tenant {} begins", tenant.id());
        return client.sql("UPDATE tenant SET status = 'erasing', version = version + 1 WHERE tenant_id = :tenant")
                .bind("tenant", tenant.id().value())
                .then()
                .then(Mono.defer(() -> jobs.cancelOpen(client, tenant.id(), Work.EXPORT)))
                .then(Mono.defer(() -> outbox.add(
                        client,
                        Publication.removal(
                                tenant.id(), SnapshotTopic.TENANTS, tenant.id().toString(), tenant.version() + 1))))
                .then(removals(
                        client,
                        tenant.id(),
                        SnapshotTopic.API_KEYS,
                        "UPDATE api_key SET withdrawn_at = now(), version = version + 1 WHERE tenant_id = :tenant"
                                + " AND withdrawn_at IS NULL RETURNING key_id AS record_key, version"))
                .then(removals(
                        client,
                        tenant.id(),
                        SnapshotTopic.MEMBERS,
                        "UPDATE member_grant SET version = version + 1 WHERE tenant_id = :tenant"
                                + " RETURNING CAST(member_id AS text) AS record_key, version"))
                .then(removals(
                        client,
                        tenant.id(),
                        SnapshotTopic.PROVIDER_KEYS,
                        "UPDATE provider_key SET version = version + 1 WHERE tenant_id = :tenant"
                                + " RETURNING tenant_id || '/' || provider AS record_key, version"))
                .then(trail.record(
                        client, TenantId.PLATFORM, Trail.Change.of("tenant.erasure-begun", "tenant:" + tenant.id())));
    }

    private Mono<Void> removals(DatabaseClient client, TenantId tenant, SnapshotTopic<?> topic, String statement) {
        return Mono.defer(() -> client.sql(statement)
                .bind("tenant", tenant.value())
                .map(row -> Publication.removal(
                        tenant,
                        topic,
                        Column.of(row, "record_key", String.class),
                        Column.of(row, "version", Long.class)))
                .all()
                .collectList()
                .flatMap(gone -> outbox.addAll(client, gone)));
    }

    private Mono<Boolean> isOnTheWay(TenantId tenant) {
        return platform.in(
                REASON,
                client -> client.sql("SELECT EXISTS (SELECT 1 FROM outbox WHERE tenant_id = :tenant)"
                                + " OR EXISTS (SELECT 1 FROM audit_outbox WHERE tenant_id = :tenant)")
                        .bind("tenant", tenant.value())
                        .map(row -> Column.first(row, Boolean.class))
                        .one());
    }

    private Mono<Void> erase(ClaimedJob job) {
        return noted(job, "placed", 1, () -> placed.count(job.tenant()))
                .then(blocking(() -> {
                    placed.erase(job.tenant());
                    return 0;
                }))
                .then(noted(job, "archives", 2, () -> archives.remove(job.tenant())))
                .then(Mono.defer(() -> platform.in(REASON, client -> countRegistry(client, job))))
                .then(Mono.defer(() -> job.progress(platform, clock, 3, STEPS)))
                .then(Mono.defer(() -> platform.in(REASON, client -> finish(client, job))));
    }

    // Written down before anything is deleted; a repetition keeps what the first attempt counted.
    private Mono<Void> noted(ClaimedJob job, String what, int step, Callable<?> count) {
        return Mono.defer(() -> job.result().has(what)
                ? Mono.empty()
                : blocking(count).flatMap(found -> {
                    job.result().putPOJO(what, found);
                    return job.progress(platform, clock, step, STEPS);
                }));
    }

    private static <T> Mono<T> blocking(Callable<T> work) {
        return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
    }

    private static Mono<Void> countRegistry(DatabaseClient client, ClaimedJob job) {
        if (job.result().has("registry")) {
            return Mono.empty();
        }
        ObjectNode registry = job.result().putObject("registry");
        return Flux.fromIterable(REGISTRY)
                .concatMap(table -> client.sql("SELECT count(*) FROM " + table.table() + " WHERE tenant_id = :tenant")
                        .bind("tenant", job.tenant().value())
                        .map(row -> Column.first(row, Long.class))
                        .one()
                        .doOnNext(rows -> registry.put(table.table(), rows)))
                .then();
    }

    private Mono<Void> finish(DatabaseClient client, ClaimedJob job) {
        return directory
                .lockedInAnyState(client, job.tenant())
                .flatMap(tenant -> deleteRegistry(client, tenant.id())
                        .then(parked.forget(client, tenant.id()))
                        .then(empty(client, tenant.id()))
                        .then(Mono.defer(() -> certify(client, job, tenant))));
    }

    private static Mono<Void> deleteRegistry(DatabaseClient client, TenantId tenant) {
        return Flux.fromIterable(REGISTRY)
                .concatMap(table -> client.sql("DELETE FROM " + table.table() + " WHERE tenant_id = :tenant")
                        .bind("tenant", tenant.value())
                        .then())
                .then();
    }

    private static Mono<Void> empty(DatabaseClient client, TenantId tenant) {
        return client.sql("""
                        UPDATE tenant SET status = 'erased', admin_email = NULL, country = NULL, max_monthly_spend = NULL,
                            suspended_reason = NULL, suspended_by = NULL, version = version + 1, updated_at = now()
                        WHERE tenant_id = :tenant""").bind("tenant", tenant.value()).then();
    }

    private Mono<Void> certify(DatabaseClient client, ClaimedJob job, Tenant tenant) {
        ObjectNode certificate = job.result();
        certificate.put("tenantId", tenant.id().toString());
        certificate.put("slug", tenant.slug().value());
        certificate.put("erasedAt", clock.instant().toString());
        ArrayNode kept = certificate.putArray("kept");
        kept.add("id and slug, so that the slug is given to nobody else");
        kept.add("invoices and the ledger behind them, for as long as the law asks");
        kept.add("hashes of the audit log's records, in checkpoints exported before");
        return job.end(client, "succeeded", null)
                .then(trail.record(
                        client,
                        TenantId.PLATFORM,
                        Trail.Change.of("tenant.erased", "tenant:" + tenant.id())
                                .from(null, certificate.toString())
                                .because(certificate.toString())));
    }
}
