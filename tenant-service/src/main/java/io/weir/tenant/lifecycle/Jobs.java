package io.weir.tenant.lifecycle;

import io.r2dbc.spi.Readable;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Jobs tell when an accepted change has taken effect: as soon as the broker has the tenant's version that it made.
@Component
final class Jobs {

    private final Clock clock;

    Jobs(Clock clock) {
        this.clock = clock;
    }

    /// @param progress 0 or 1
    /// @param etaSeconds null when done
    record Job(
            UUID jobId,
            TenantId tenantId,
            String kind,
            String state,
            int progress,
            @Nullable Integer etaSeconds,
            @Nullable String error,
            Instant createdAt) {}

    /// Begins a job in the transaction of its change.
    Mono<Job> begin(DatabaseClient client, TenantId tenant, String kind, long tenantVersion) {
        UUID id = UUID.randomUUID();
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

    /// In a transaction that may see it; fails with a 404 when there is none of that id.
    Mono<Job> find(DatabaseClient client, UUID id) {
        return client.sql("""
                        SELECT j.tenant_id, j.job_id, j.kind, j.created_at, EXISTS (
                            SELECT 1 FROM outbox o WHERE o.tenant_id = j.tenant_id AND o.topic = :topic
                                AND o.version <= j.tenant_version) AS waits
                        FROM job j WHERE j.job_id = :job""")
                .bind("topic", SnapshotTopic.TENANTS.suffix())
                .bind("job", id)
                .map(row -> job(row))
                .one()
                .switchIfEmpty(
                        Mono.error(() -> new PlatformException(ProblemType.NOT_FOUND, "There is no job of that id.")));
    }

    private static Job job(Readable row) {
        boolean waits = Column.of(row, "waits", Boolean.class);
        return new Job(
                Column.of(row, "job_id", UUID.class),
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "kind", String.class),
                waits ? "running" : "succeeded",
                waits ? 0 : 1,
                waits ? 1 : null,
                null,
                Column.of(row, "created_at", Instant.class));
    }
}
