package io.weir.orchestration.file;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// Clears what uploads and deletions left behind that did not come to their end, and all files and
/// batches of tenants that are erased. What fails is done in a later round, also by another process.
final class FileClearing implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(FileClearing.class);
    private static final String WHY = "what is left of files is cleared, whose ever it is";
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LOOK_EVERY = 60;

    // An upload is at most as long as this under way.
    private static final String LEFT = """
            SELECT tenant_id, file_id FROM stored_file
            WHERE status = 'deleting' AND changed_at < now() - interval '1 minute'
                OR status = 'writing' AND changed_at < now() - interval '1 day'
            LIMIT 100
            """;
    private static final String GONE = "DELETE FROM stored_file WHERE tenant_id = :tenant AND file_id = :file";
    private static final String[] ERASE = {
        "DELETE FROM batch_line WHERE tenant_id = :tenant",
        "DELETE FROM batch_chunk WHERE tenant_id = :tenant",
        "DELETE FROM batch WHERE tenant_id = :tenant",
        "DELETE FROM stored_file WHERE tenant_id = :tenant"
    };

    private final PlatformTransaction transaction;
    private final FileStore store;
    private final Queue<TenantId> erased = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("file-clearing").daemon().factory());
    private int rounds;
    private volatile boolean running;

    FileClearing(PlatformTransaction transaction, FileStore store) {
        this.transaction = transaction;
        this.store = store;
    }

    private record Left(TenantId tenant, FileId file) {}

    /// The tenant is erased: its files go soon. For any thread.
    void erase(TenantId tenant) {
        erased.add(tenant);
    }

    // What the timer runs catches its own failures.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void start() {
        running = true;
        timer.scheduleWithFixedDelay(this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            TenantId tenant = erased.poll();
            if (tenant != null) {
                erasing(tenant).doOnError(later -> erased.add(tenant)).block(LIMIT);
            }
            if (rounds++ % LOOK_EVERY == 0) {
                clear().block(LIMIT);
            }
        } catch (RuntimeException later) {
            LOG.warn("Files are cleared later: {}", later.toString());
        }
    }

    private Mono<Void> erasing(TenantId tenant) {
        return store.erase(tenant)
                .then(transaction.in(WHY, client -> {
                    Mono<Void> all = Mono.empty();
                    for (String statement : ERASE) {
                        all = all.then(client.sql(statement)
                                .bind("tenant", tenant.value())
                                .fetch()
                                .rowsUpdated()
                                .then());
                    }
                    return all;
                }))
                .doOnSuccess(done -> LOG.info("Files and batches of tenant {} are erased", tenant));
    }

    private Mono<Void> clear() {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(LEFT)
                                .map(row -> new Left(
                                        new TenantId(Column.of(row, "tenant_id", UUID.class)),
                                        new FileId(Column.of(row, "file_id", UUID.class))))
                                .all()
                                .collectList())
                .flatMapIterable(all -> all)
                .concatMap(left -> store.delete(left.tenant(), left.file()).then(gone(left)))
                .then();
    }

    private Mono<Void> gone(Left left) {
        return transaction.in(
                WHY,
                client -> client.sql(GONE)
                        .bind("tenant", left.tenant().value())
                        .bind("file", left.file().value())
                        .fetch()
                        .rowsUpdated()
                        .then());
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdown();
        try {
            if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    // Before the database's connections go.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 3000;
    }
}
