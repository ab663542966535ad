package io.weir.orchestration.batch;

import io.r2dbc.postgresql.codec.Json;
import io.weir.orchestration.batch.Batch.Status;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What workers do to batches in PostgreSQL, of the tenant in the Reactor context. Everything but the
/// claims themselves is done only while the claim is the worker's: of two that both believe to have
/// one, the later has it.
final class R2dbcWork {

    private static final String LEASE = "clock_timestamp() + make_interval(secs => :secs)";
    private static final String CLAIM_CHUNK = """
            UPDATE batch_chunk c SET claim = :claim, claimed_until = %s
            FROM batch b
            WHERE c.tenant_id = :tenant AND c.batch_id = :batch AND c.chunk = :chunk AND NOT c.done
                AND c.claimed_until < clock_timestamp()
                AND b.tenant_id = :tenant AND b.batch_id = c.batch_id AND b.status = 'in_progress'
            RETURNING c.chunk, c.first_line, c.start_byte, c.end_byte
            """.formatted(LEASE);
    private static final String RENEW_CHUNK = """
            UPDATE batch_chunk c SET claimed_until = %s
            FROM batch b
            WHERE c.tenant_id = :tenant AND c.batch_id = :batch AND c.chunk = :chunk AND c.claim = :claim
                AND b.tenant_id = :tenant AND b.batch_id = c.batch_id
            RETURNING b.status
            """.formatted(LEASE);
    private static final String LEAVE_CHUNK = """
            UPDATE batch_chunk SET done = :done, claim = NULL, claimed_until = '-infinity'
            WHERE tenant_id = :tenant AND batch_id = :batch AND chunk = :chunk AND claim = :claim
            """;
    private static final String KNOWN = """
            SELECT line, runs, failed IS NOT NULL AS ended FROM batch_line
            WHERE tenant_id = :tenant AND batch_id = :batch AND line >= :from
            ORDER BY line LIMIT :limit
            """;
    private static final String HAS_CHUNK = """
            EXISTS (SELECT 1 FROM batch_chunk c WHERE c.tenant_id = :tenant AND c.batch_id = :batch AND c.chunk = :chunk
                AND c.claim = :claim)
            """;
    private static final String RUN = """
            INSERT INTO batch_line (tenant_id, batch_id, line, runs)
            SELECT :tenant, :batch, :line, :runs WHERE %s
            ON CONFLICT (tenant_id, batch_id, line) DO UPDATE SET runs = excluded.runs
            WHERE batch_line.failed IS NULL AND batch_line.runs < excluded.runs
            """.formatted(HAS_CHUNK);
    private static final String END = """
            INSERT INTO batch_line (tenant_id, batch_id, line, failed, result)
            SELECT :tenant, :batch, :line, :failed, :result WHERE %s
            ON CONFLICT (tenant_id, batch_id, line) DO UPDATE SET failed = excluded.failed, result = excluded.result
            WHERE batch_line.failed IS NULL
            """.formatted(HAS_CHUNK);
    private static final String CLAIM_BATCH = """
            UPDATE batch b SET claim = :claim, claimed_until = %s
            WHERE b.tenant_id = :tenant AND b.batch_id = :batch AND b.claimed_until < clock_timestamp()
                AND b.status IN ('validating', 'finalizing', 'cancelling')
                AND NOT EXISTS (SELECT 1 FROM batch_chunk c WHERE c.tenant_id = :tenant AND c.batch_id = :batch
                    AND c.claimed_until > clock_timestamp())
            RETURNING b.*
            """.formatted(LEASE);
    private static final String RENEW_BATCH = """
            UPDATE batch SET claimed_until = %s WHERE tenant_id = :tenant AND batch_id = :batch AND claim = :claim
            RETURNING status
            """.formatted(LEASE);
    private static final String LEAVE_BATCH = """
            UPDATE batch SET claim = NULL, claimed_until = '-infinity'
            WHERE tenant_id = :tenant AND batch_id = :batch AND claim = :claim
            """;
    private static final String ACCEPT = """
            UPDATE batch SET status = 'in_progress', in_progress_at = now(), lines = :lines, claim = NULL,
                claimed_until = '-infinity'
            WHERE tenant_id = :tenant AND batch_id = :batch AND claim = :claim AND status = 'validating'
            """;
    private static final String ADD_CHUNKS = """
            INSERT INTO batch_chunk (tenant_id, batch_id, chunk, first_line, start_byte, end_byte)
            SELECT :tenant, :batch, u.* FROM unnest(CAST(:chunks AS int[]), CAST(:firsts AS int[]), CAST(:starts AS bigint[]),
                CAST(:ends AS bigint[])) AS u
            """;
    private static final String REJECT = """
            UPDATE batch SET status = 'failed', ended_at = now(), errors = :errors, claim = NULL, claimed_until = '-infinity'
            WHERE tenant_id = :tenant AND batch_id = :batch AND claim = :claim AND status = 'validating'
            """;
    private static final String OPEN_CHUNKS = """
            SELECT chunk, first_line, start_byte, end_byte FROM batch_chunk
            WHERE tenant_id = :tenant AND batch_id = :batch AND NOT done ORDER BY chunk
            """;
    private static final String CLOSE = """
            INSERT INTO batch_line (tenant_id, batch_id, line, failed, result)
            SELECT :tenant, :batch, :line, true, :result WHERE EXISTS (SELECT 1 FROM batch b WHERE b.tenant_id = :tenant
                AND b.batch_id = :batch AND b.claim = :claim)
            ON CONFLICT (tenant_id, batch_id, line) DO UPDATE SET failed = true, result = excluded.result
            WHERE batch_line.failed IS NULL
            """;
    private static final String COUNT = """
            SELECT count(*) FILTER (WHERE NOT failed)::int AS completed, count(*) FILTER (WHERE failed)::int AS failed
            FROM batch_line WHERE tenant_id = :tenant AND batch_id = :batch
            """;
    private static final String RESULTS = """
            SELECT line, failed, result FROM batch_line
            WHERE tenant_id = :tenant AND batch_id = :batch AND failed = :failed AND line > :after ORDER BY line LIMIT :limit
            """;
    private static final String FINISH = """
            UPDATE batch SET status = coalesce(ending, 'completed'), ended_at = now(), completed = :completed,
                failed = :failed, finalizing_at = coalesce(finalizing_at, now()), claim = NULL, claimed_until = '-infinity'
            WHERE tenant_id = :tenant AND batch_id = :batch AND claim = :claim AND status IN ('finalizing', 'cancelling')
            """;
    private static final String FORGET_LINES = "DELETE FROM batch_line WHERE tenant_id = :tenant AND batch_id = :batch";
    private static final String FORGET_CHUNKS =
            "DELETE FROM batch_chunk WHERE tenant_id = :tenant AND batch_id = :batch";

    private final TenantTransaction transaction;
    private final double lease;

    R2dbcWork(TenantTransaction transaction, Duration lease) {
        this.transaction = transaction;
        this.lease = lease.toMillis() / 1_000.0;
    }

    /// A worker's claim on a batch.
    record Claim(TenantId tenant, BatchId batch, UUID id) {}

    /// What is known of a line.
    record Known(int line, int runs, boolean ended) {}

    /// How many lines ended how.
    record Counts(int completed, int failed) {}

    private static GenericExecuteSpec of(DatabaseClient client, String statement, Claim claim) {
        return client.sql(statement)
                .bind("tenant", claim.tenant().value())
                .bind("batch", claim.batch().value());
    }

    private static GenericExecuteSpec claimed(DatabaseClient client, String statement, Claim claim) {
        return of(client, statement, claim).bind("claim", claim.id());
    }

    private static Mono<Boolean> changed(GenericExecuteSpec statement) {
        return statement.fetch().rowsUpdated().map(rows -> rows > 0);
    }

    private static Status status(String word) {
        return Status.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /// Empty where it is done, somebody has it, or its batch is over.
    Mono<Chunk> claim(Claim claim, int chunk) {
        return transaction.in(client -> claimed(client, CLAIM_CHUNK, claim)
                .bind("chunk", chunk)
                .bind("secs", lease)
                .map(row -> new Chunk(
                        Column.of(row, "chunk", Integer.class),
                        Column.of(row, "first_line", Integer.class),
                        Column.of(row, "start_byte", Long.class),
                        Column.of(row, "end_byte", Long.class)))
                .one());
    }

    /// The state of the batch; empty where the chunk is somebody else's.
    Mono<Status> renew(Claim claim, int chunk) {
        return transaction.in(client -> claimed(client, RENEW_CHUNK, claim)
                .bind("chunk", chunk)
                .bind("secs", lease)
                .map(row -> status(Column.first(row, String.class)))
                .one());
    }

    Mono<Boolean> leave(Claim claim, int chunk, boolean done) {
        return transaction.in(client ->
                changed(claimed(client, LEAVE_CHUNK, claim).bind("chunk", chunk).bind("done", done)));
    }

    /// Those from that line on of which anything is known.
    Mono<Map<Integer, Known>> known(Claim claim, int from, int limit) {
        return transaction.in(client -> of(client, KNOWN, claim)
                .bind("from", from)
                .bind("limit", limit)
                .map(row -> new Known(
                        Column.of(row, "line", Integer.class),
                        Column.of(row, "runs", Integer.class),
                        Column.of(row, "ended", Boolean.class)))
                .all()
                .collectMap(Known::line));
    }

    /// Says, before a line runs again, under which number it does.
    Mono<Boolean> running(Claim claim, int chunk, int line, int runs) {
        return transaction.in(client -> changed(claimed(client, RUN, claim)
                .bind("chunk", chunk)
                .bind("line", line)
                .bind("runs", runs)));
    }

    /// False where the chunk is somebody else's, or the line has ended before.
    Mono<Boolean> ended(Claim claim, int chunk, ResultLine result) {
        return transaction.in(client -> changed(claimed(client, END, claim)
                .bind("chunk", chunk)
                .bind("line", result.line())
                .bind("failed", result.failed())
                .bind("result", result.bytes())));
    }

    /// The batch, to be validated or finished; empty where neither is to be done now.
    Mono<Batch> claim(Claim claim) {
        return transaction.in(client -> claimed(client, CLAIM_BATCH, claim)
                .bind("secs", lease)
                .map(R2dbcBatches::batch)
                .one());
    }

    /// As [#renew].
    Mono<Status> renew(Claim claim) {
        return transaction.in(client -> claimed(client, RENEW_BATCH, claim)
                .bind("secs", lease)
                .map(row -> status(Column.first(row, String.class)))
                .one());
    }

    Mono<Boolean> leave(Claim claim) {
        return transaction.in(client -> changed(claimed(client, LEAVE_BATCH, claim)));
    }

    /// Its file is good: from now on its chunks can be run.
    Mono<Boolean> accept(Claim claim, int lines, List<Chunk> chunks) {
        return transaction.in(client -> changed(claimed(client, ACCEPT, claim).bind("lines", lines))
                .flatMap(accepted -> accepted ? added(client, claim, chunks) : Mono.just(false)));
    }

    private static Mono<Boolean> added(DatabaseClient client, Claim claim, List<Chunk> chunks) {
        return changed(of(client, ADD_CHUNKS, claim)
                .bind("chunks", chunks.stream().map(Chunk::number).toArray(Integer[]::new))
                .bind("firsts", chunks.stream().map(Chunk::firstLine).toArray(Integer[]::new))
                .bind("starts", chunks.stream().map(Chunk::startByte).toArray(Long[]::new))
                .bind("ends", chunks.stream().map(Chunk::endByte).toArray(Long[]::new)));
    }

    /// Its file is not.
    ///
    /// @param errors JSON
    Mono<Boolean> reject(Claim claim, String errors) {
        return transaction.in(client -> changed(claimed(client, REJECT, claim).bind("errors", Json.of(errors))));
    }

    Mono<List<Chunk>> open(Claim claim) {
        return transaction.in(client -> of(client, OPEN_CHUNKS, claim)
                .map(row -> new Chunk(
                        Column.of(row, "chunk", Integer.class),
                        Column.of(row, "first_line", Integer.class),
                        Column.of(row, "start_byte", Long.class),
                        Column.of(row, "end_byte", Long.class)))
                .all()
                .collectList());
    }

    /// Ends lines that were not run, where they have not ended.
    Mono<Void> close(Claim claim, List<ResultLine> results) {
        return transaction.in(client -> Flux.fromIterable(results)
                .concatMap(result -> changed(claimed(client, CLOSE, claim)
                        .bind("line", result.line())
                        .bind("result", result.bytes())))
                .then());
    }

    Mono<Counts> counts(Claim claim) {
        return transaction.in(client -> of(client, COUNT, claim)
                .map(row ->
                        new Counts(Column.of(row, "completed", Integer.class), Column.of(row, "failed", Integer.class)))
                .one());
    }

    /// The next ones after a line, in order.
    Mono<List<ResultLine>> results(Claim claim, boolean failed, int after, int limit) {
        return transaction.in(client -> of(client, RESULTS, claim)
                .bind("failed", failed)
                .bind("after", after)
                .bind("limit", limit)
                .map(row -> new ResultLine(
                        Column.of(row, "line", Integer.class),
                        Column.of(row, "failed", Boolean.class),
                        Column.of(row, "result", byte[].class)))
                .all()
                .collectList());
    }

    /// It is over, and its lines are in its files.
    Mono<Boolean> finish(Claim claim, Counts counts) {
        return transaction.in(client -> changed(claimed(client, FINISH, claim)
                        .bind("completed", counts.completed())
                        .bind("failed", counts.failed()))
                .flatMap(finished -> finished
                        ? of(client, FORGET_LINES, claim)
                                .fetch()
                                .rowsUpdated()
                                .then(of(client, FORGET_CHUNKS, claim).fetch().rowsUpdated())
                                .thenReturn(true)
                        : Mono.just(false)));
    }
}
