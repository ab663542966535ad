package io.weir.tenant.lifecycle;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import io.weir.tenant.request.JsonBody;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Work that this process has taken on, for two minutes from its last sign of life.
///
/// @param result what former attempts noted
record ClaimedJob(TenantId tenant, UUID id, Work work, ObjectNode result) {

    private static final String REASON = "jobs of tenants are done";
    private static final Duration LEASE = Duration.ofMinutes(2);

    /// Takes on whatever is due and nobody else's. Empty where there is nothing.
    static Mono<ClaimedJob> next(PlatformTransaction platform, InstantSource clock) {
        Instant now = clock.instant();
        return platform.in(
                REASON,
                client -> client.sql("""
                                WITH next AS (
                                    SELECT tenant_id, job_id FROM job WHERE state IN ('waiting', 'running')
                                        AND due_at <= :now AND (claimed_until IS NULL OR claimed_until < :now)
                                    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                                UPDATE job SET state = 'running', claimed_until = :until,
                                    started_at = coalesce(job.started_at, :now)
                                FROM next WHERE job.tenant_id = next.tenant_id AND job.job_id = next.job_id
                                RETURNING job.tenant_id, job.job_id, job.kind, job.result::text AS result""")
                        .bind("now", now)
                        .bind("until", now.plus(LEASE))
                        .map(row -> new ClaimedJob(
                                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                                Column.of(row, "job_id", UUID.class),
                                Work.of(Column.of(row, "kind", String.class)),
                                read(row.get("result", String.class))))
                        .one());
    }

    private static ObjectNode read(@Nullable String result) {
        return result == null ? JsonNodeFactory.instance.objectNode() : JsonBody.parse(result);
    }

    /// How far it is, with what it knows by now; renews the lease.
    Mono<Void> progress(PlatformTransaction platform, InstantSource clock, long done, long total) {
        return platform.in(
                REASON,
                client -> client.sql("UPDATE job SET done = :done, total = :total, result = CAST(:result AS jsonb),"
                                + " claimed_until = :until WHERE tenant_id = :tenant AND job_id = :job")
                        .bind("done", done)
                        .bind("total", total)
                        .bind("result", result.toString())
                        .bind("until", clock.instant().plus(LEASE))
                        .bind("tenant", tenant.value())
                        .bind("job", id)
                        .then());
    }

    /// Ends it, in the client's transaction; false where it was taken back meanwhile, and stays so.
    Mono<Boolean> end(DatabaseClient client, String state, @Nullable String error) {
        return client.sql("UPDATE job SET state = :state, error = :error, result = CAST(:result AS jsonb),"
                        + " claimed_until = NULL WHERE tenant_id = :tenant AND job_id = :job"
                        + " AND state <> 'cancelled'")
                .bind("state", state)
                .bind("error", Column.parameter(error, String.class))
                .bind("result", result.toString())
                .bind("tenant", tenant.value())
                .bind("job", id)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /// As [#end], in a transaction of its own.
    Mono<Boolean> end(PlatformTransaction platform, String state, @Nullable String error) {
        return platform.in(REASON, client -> end(client, state, error));
    }

    /// Gives it back, to be taken on again after a pause.
    Mono<Void> later(PlatformTransaction platform, InstantSource clock, Duration pause, String why) {
        return platform.in(
                REASON,
                client -> client.sql(
                                "UPDATE job SET claimed_until = :until, error = :why, result = CAST(:result AS jsonb)"
                                        + " WHERE tenant_id = :tenant AND job_id = :job")
                        .bind("until", clock.instant().plus(pause))
                        .bind("why", why)
                        .bind("result", result.toString())
                        .bind("tenant", tenant.value())
                        .bind("job", id)
                        .then());
    }
}
