package io.weir.tenant.lifecycle;

import io.r2dbc.spi.Readable;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.tenant.request.JsonBody;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// Jobs tell when an accepted change has taken effect. Those that only wait for the broker end as soon as it has the
/// tenant's version that they made; others are work, done by [JobWorker].
@Component
final class Jobs {

    private final Clock clock;

    Jobs(Clock clock) {
        this.clock = clock;
    }

    /// @param progress from 0 to 1
    /// @param etaSeconds null when done, or not known yet
    /// @param result what the job tells of what it did; null: nothing
    record Job(
            UUID jobId,
            TenantId tenantId,
            String kind,
            String state,
            double progress,
            @Nullable Long etaSeconds,
            @Nullable String error,
            Instant createdAt,
            @Nullable ObjectNode result) {}

    /// Begins a job in the transaction of its change.
    Mono<Job> begin(DatabaseClient client, TenantId tenant, String kind, long tenantVersion) {
        return begin(client, tenant, UUID.randomUUID(), kind, tenantVersion);
    }

    /// As above, for work that has an id already.
    Mono<Job> begin(DatabaseClient client, TenantId tenant, UUID id, String kind, long tenantVersion) {
        return client.sql("""
                        INSERT INTO job (tenant_id, job_id, kind, tenant_version, created_at)
                        VALUES (:tenant, :job, :kind, :version, :at)""")
                .bind("tenant", tenant.value())
                .bind("job", id)
                .bind("kind", kind)
                .bind("version", tenantVersion)
                .bind("at", clock.instant())
                .then()
                .then(Mono.defer(() -> find(client, id)));
    }

    /// Begins work that is done from `due` on.
    Mono<Job> schedule(DatabaseClient client, TenantId tenant, Work work, Instant due) {
        UUID id = UUID.randomUUID();
        return client.sql("""
                        INSERT INTO job (tenant_id, job_id, kind, tenant_version, created_at, state, due_at)
                        VALUES (:tenant, :job, :kind, 0, :at, 'waiting', :due)""")
                .bind("tenant", tenant.value())
                .bind("job", id)
                .bind("kind", work.word())
                .bind("at", clock.instant())
                .bind("due", due)
                .then()
                .then(Mono.defer(() -> find(client, id)));
    }

    /// Whether work of the kind waits or runs for the tenant.
    Mono<Boolean> isOpen(DatabaseClient client, TenantId tenant, Work work) {
        return client.sql("SELECT EXISTS (SELECT 1 FROM job WHERE tenant_id = :tenant AND kind = :kind"
                        + " AND state IN ('waiting', 'running'))")
                .bind("tenant", tenant.value())
                .bind("kind", work.word())
                .map(row -> Column.first(row, Boolean.class))
                .one();
    }

    /// Takes back work of the kind that has not begun.
    Mono<Void> cancel(DatabaseClient client, TenantId tenant, Work work) {
        return client.sql("UPDATE job SET state = 'cancelled' WHERE tenant_id = :tenant AND kind = :kind"
                        + " AND state = 'waiting'")
                .bind("tenant", tenant.value())
                .bind("kind", work.word())
                .then();
    }

    /// Takes back work of the kind wherever it is; who is at it learns that at its end.
    Mono<Void> cancelOpen(DatabaseClient client, TenantId tenant, Work work) {
        return client.sql("UPDATE job SET state = 'cancelled' WHERE tenant_id = :tenant AND kind = :kind"
                        + " AND state IN ('waiting', 'running')")
                .bind("tenant", tenant.value())
                .bind("kind", work.word())
                .then();
    }

    /// In a transaction that may see it; fails with a 404 when there is none of that id.
    Mono<Job> find(DatabaseClient client, UUID id) {
        return client.sql("""
                        SELECT j.tenant_id, j.job_id, j.kind, j.created_at, j.state, j.done, j.total, j.error, j.due_at,
                            j.started_at, j.result::text AS result, EXISTS (
                                SELECT 1 FROM outbox o WHERE o.tenant_id = j.tenant_id AND o.topic = :topic
                                    AND o.version <= j.tenant_version) AS waits
                        FROM job j WHERE j.job_id = :job""")
                .bind("topic", SnapshotTopic.TENANTS.suffix())
                .bind("job", id)
                .map(row -> job(row, clock.instant()))
                .one()
                .switchIfEmpty(
                        Mono.error(() -> new PlatformException(ProblemType.NOT_FOUND, "There is no job of that id.")));
    }

    private static Job job(Readable row, Instant now) {
        String state = row.get("state", String.class);
        return state == null ? untilPublished(row) : work(row, state, now);
    }

    private static Job untilPublished(Readable row) {
        boolean waits = Column.of(row, "waits", Boolean.class);
        return job(row, waits ? "running" : "succeeded", waits ? 0 : 1, waits ? 1L : null);
    }

    private static Job work(Readable row, String state, Instant now) {
        long done = Column.of(row, "done", Long.class);
        long total = Column.of(row, "total", Long.class);
        return switch (state) {
            case "waiting" -> job(row, state, 0, secondsUntil(row.get("due_at", Instant.class), now));
            case "running" ->
                job(
                        row,
                        state,
                        total == 0 ? 0 : Math.min(0.99, (double) done / total),
                        eta(row.get("started_at", Instant.class), done, total, now));
            case "succeeded" -> job(row, state, 1, null);
            default -> job(row, state, total == 0 ? 0 : (double) done / total, null);
        };
    }

    private static @Nullable Long secondsUntil(@Nullable Instant due, Instant now) {
        return due == null ? null : Math.max(0, Duration.between(now, due).toSeconds());
    }

    // As fast as so far.
    private static @Nullable Long eta(@Nullable Instant started, long done, long total, Instant now) {
        if (started == null || done == 0 || total < done) {
            return null;
        }
        return Duration.between(started, now).toMillis() * (total - done) / done / 1_000 + 1;
    }

    private static Job job(Readable row, String state, double progress, @Nullable Long etaSeconds) {
        String result = row.get("result", String.class);
        return new Job(
                Column.of(row, "job_id", UUID.class),
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "kind", String.class),
                state,
                progress,
                etaSeconds,
                row.get("error", String.class),
                Column.of(row, "created_at", Instant.class),
                result == null ? null : JsonBody.parse(result));
    }
}
