package io.weir.orchestration.batch;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// The work on batches that nobody has in hand, of all tenants, in PostgreSQL.
final class R2dbcQueue {

    private static final String WHY = "the work of all tenants' batches is given to one set of workers";
    private static final String EXPIRE = """
            UPDATE batch SET status = 'finalizing', ending = 'expired', finalizing_at = now(), offered_at = '-infinity'
            WHERE status IN ('validating', 'in_progress') AND expires_at <= clock_timestamp()
            """;
    private static final String FINALIZE = """
            UPDATE batch b SET status = 'finalizing', finalizing_at = now(), offered_at = '-infinity'
            WHERE b.status = 'in_progress' AND NOT EXISTS (SELECT 1 FROM batch_chunk c
                WHERE c.tenant_id = b.tenant_id AND c.batch_id = b.batch_id AND NOT c.done)
            """;
    private static final String OFFER_BATCHES = """
            UPDATE batch b SET offered_at = clock_timestamp()
            WHERE b.status IN ('validating', 'finalizing', 'cancelling') AND b.claimed_until < clock_timestamp()
                AND b.offered_at < clock_timestamp() - make_interval(secs => :secs)
                AND NOT EXISTS (SELECT 1 FROM batch_chunk c WHERE c.tenant_id = b.tenant_id AND c.batch_id = b.batch_id
                    AND c.claimed_until > clock_timestamp())
            RETURNING b.tenant_id, b.batch_id, -1 AS chunk
            """;
    private static final String OFFER_CHUNKS = """
            UPDATE batch_chunk c SET offered_at = clock_timestamp()
            FROM batch b CROSS JOIN LATERAL (SELECT n.chunk FROM batch_chunk n
                WHERE n.tenant_id = b.tenant_id AND n.batch_id = b.batch_id AND NOT n.done ORDER BY n.chunk LIMIT :ahead) k
            WHERE b.status = 'in_progress' AND c.tenant_id = b.tenant_id AND c.batch_id = b.batch_id AND c.chunk = k.chunk
                AND c.claimed_until < clock_timestamp()
                AND c.offered_at < clock_timestamp() - make_interval(secs => :secs)
            RETURNING c.tenant_id, c.batch_id, c.chunk
            """;

    private final PlatformTransaction transaction;
    private final double again;
    private final int ahead;

    /// @param again after which work that nobody took is offered once more
    /// @param ahead chunks of one batch that are offered at once
    R2dbcQueue(PlatformTransaction transaction, Duration again, int ahead) {
        this.transaction = transaction;
        this.again = again.toMillis() / 1_000.0;
        this.ahead = ahead;
    }

    /// Ends what has run or expired, and says what is to be done next. Nobody else is told the same for
    /// a while.
    Mono<List<WorkItem>> next() {
        return transaction.in(
                WHY,
                client -> updated(client, EXPIRE)
                        .then(updated(client, FINALIZE))
                        .then(client.sql(OFFER_BATCHES)
                                .bind("secs", again)
                                .map(R2dbcQueue::item)
                                .all()
                                .concatWith(client.sql(OFFER_CHUNKS)
                                        .bind("secs", again)
                                        .bind("ahead", ahead)
                                        .map(R2dbcQueue::item)
                                        .all())
                                .collectList()));
    }

    private static Mono<Long> updated(DatabaseClient client, String statement) {
        return client.sql(statement).fetch().rowsUpdated();
    }

    private static WorkItem item(Readable row) {
        return new WorkItem(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "batch_id", UUID.class),
                Column.of(row, "chunk", Integer.class));
    }
}
