package io.weir.orchestration.batch;

import io.r2dbc.postgresql.codec.Json;
import io.r2dbc.spi.Readable;
import io.weir.orchestration.batch.Batch.Status;
import io.weir.orchestration.batch.Batch.Times;
import io.weir.orchestration.file.FileId;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Batches in PostgreSQL as their clients see and change them, of the tenant in the Reactor context.
final class R2dbcBatches {

    // What has ended was counted; until then the lines are.
    private static final String COLUMNS = """
            b.batch_id, b.status, b.ending, b.endpoint, b.input_file_id, b.key_id, b.subject, b.tags, b.fills_cache, b.metadata,
            b.errors, b.lines, b.output_file_id, b.error_file_id, b.created_at, b.expires_at, b.in_progress_at, b.finalizing_at,
            b.cancelling_at, b.ended_at,
            CASE WHEN b.ended_at IS NOT NULL THEN b.completed ELSE (SELECT count(*)::int FROM batch_line l
                WHERE l.tenant_id = :tenant AND l.batch_id = b.batch_id AND NOT l.failed) END AS completed,
            CASE WHEN b.ended_at IS NOT NULL THEN b.failed ELSE (SELECT count(*)::int FROM batch_line l
                WHERE l.tenant_id = :tenant AND l.batch_id = b.batch_id AND l.failed) END AS failed
            """;
    private static final String INSERT = """
            INSERT INTO batch (tenant_id, batch_id, endpoint, input_file_id, key_id, subject, tags, fills_cache, metadata,
                output_file_id, error_file_id, expires_at)
            VALUES (:tenant, :batch, :endpoint, :input, :key, :subject, :tags, :fills, :metadata, :output, :error, :expires)
            """;
    private static final String FIND =
            "SELECT " + COLUMNS + " FROM batch b WHERE b.tenant_id = :tenant AND b.batch_id = :batch";
    private static final String LIST = "SELECT " + COLUMNS + " FROM batch b WHERE b.tenant_id = :tenant"
            + " AND (CAST(:after AS uuid) IS NULL OR b.batch_id < :after) ORDER BY b.batch_id DESC LIMIT :limit";
    private static final String CANCEL = """
            UPDATE batch SET status = 'cancelling', ending = 'cancelled', cancelling_at = now(), offered_at = '-infinity'
            WHERE tenant_id = :tenant AND batch_id = :batch AND status IN ('validating', 'in_progress')
            """;

    private final TenantTransaction transaction;

    R2dbcBatches(TenantTransaction transaction) {
        this.transaction = transaction;
    }

    /// What a client orders.
    record Order(
            BatchId id,
            String endpoint,
            FileId input,
            String keyId,
            String subject,
            String tags,
            boolean fillsCache,
            @Nullable String metadata,
            FileId output,
            FileId errorFile,
            Instant expires) {}

    Mono<Batch> insert(TenantId tenant, Order order) {
        return transaction.in(client -> client.sql(INSERT)
                .bind("tenant", tenant.value())
                .bind("batch", order.id().value())
                .bind("endpoint", order.endpoint())
                .bind("input", order.input().value())
                .bind("key", order.keyId())
                .bind("subject", order.subject())
                .bind("tags", order.tags())
                .bind("fills", order.fillsCache())
                .bind("metadata", Column.parameter(json(order.metadata()), Json.class))
                .bind("output", order.output().value())
                .bind("error", order.errorFile().value())
                .bind("expires", order.expires().atOffset(ZoneOffset.UTC))
                .fetch()
                .rowsUpdated()
                .then(found(client, tenant, order.id())));
    }

    static @Nullable Json json(@Nullable String text) {
        return text == null ? null : Json.of(text);
    }

    /// Empty where the tenant has no such batch.
    Mono<Batch> find(TenantId tenant, BatchId batch) {
        return transaction.in(client -> found(client, tenant, batch));
    }

    private static Mono<Batch> found(DatabaseClient client, TenantId tenant, BatchId batch) {
        return client.sql(FIND)
                .bind("tenant", tenant.value())
                .bind("batch", batch.value())
                .map(R2dbcBatches::batch)
                .one();
    }

    /// The newest first.
    Mono<List<Batch>> list(TenantId tenant, @Nullable BatchId after, int limit) {
        return transaction.in(client -> client.sql(LIST)
                .bind("tenant", tenant.value())
                .bind("after", Column.parameter(after == null ? null : after.value(), UUID.class))
                .bind("limit", limit)
                .map(R2dbcBatches::batch)
                .all()
                .collectList());
    }

    /// As it is after that: one that cannot be cancelled any more is as it was. Empty where there is
    /// none.
    Mono<Batch> cancel(TenantId tenant, BatchId batch) {
        return transaction.in(client -> client.sql(CANCEL)
                .bind("tenant", tenant.value())
                .bind("batch", batch.value())
                .fetch()
                .rowsUpdated()
                .then(found(client, tenant, batch)));
    }

    static Batch batch(Readable row) {
        return new Batch(
                new BatchId(Column.of(row, "batch_id", UUID.class)),
                Status.valueOf(Column.of(row, "status", String.class).toUpperCase(Locale.ROOT)),
                row.get("ending", String.class),
                Column.of(row, "endpoint", String.class),
                new FileId(Column.of(row, "input_file_id", UUID.class)),
                Column.of(row, "key_id", String.class),
                Column.of(row, "subject", String.class),
                Column.of(row, "tags", String.class),
                Column.of(row, "fills_cache", Boolean.class),
                row.get("metadata", String.class),
                row.get("errors", String.class),
                Column.of(row, "lines", Integer.class),
                Column.of(row, "completed", Integer.class),
                Column.of(row, "failed", Integer.class),
                new FileId(Column.of(row, "output_file_id", UUID.class)),
                new FileId(Column.of(row, "error_file_id", UUID.class)),
                new Times(
                        Column.of(row, "created_at", OffsetDateTime.class).toInstant(),
                        Column.of(row, "expires_at", OffsetDateTime.class).toInstant(),
                        instant(row, "in_progress_at"),
                        instant(row, "finalizing_at"),
                        instant(row, "cancelling_at"),
                        instant(row, "ended_at")));
    }

    private static @Nullable Instant instant(Readable row, String column) {
        OffsetDateTime at = row.get(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
