package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.placement.PlacedDatabase;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Constant reads and writes of one tenant, each checked against what was acknowledged before.
final class Traffic implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final int WRITERS = 4;
    private static final int READERS = 2;

    final Queue<String> failures = new ConcurrentLinkedQueue<>();
    final AtomicLong written = new AtomicLong();
    final AtomicLong read = new AtomicLong();
    final AtomicLong longestWrite = new AtomicLong();
    final AtomicLong longestRead = new AtomicLong();
    private final PlacedDatabase database;
    private final TenantContext tenant;
    private final long[] acknowledged = new long[WRITERS];
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    Traffic(PlacedDatabase database, TenantContext tenant) {
        this.database = database;
        this.tenant = tenant;
    }

    /// Every writer has a row that counts its writes; each write also adds a row of its own, and changes an old one.
    Traffic start() {
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            threads.add(Thread.ofVirtual().start(() -> loop(longestWrite, () -> write(writer))));
        }
        for (int i = 0; i < READERS; i++) {
            int writer = i;
            threads.add(Thread.ofVirtual().start(() -> loop(longestRead, () -> read(writer))));
        }
        return this;
    }

    static int writers() {
        return WRITERS;
    }

    private void loop(AtomicLong longest, Runnable work) {
        while (running) {
            long begun = System.nanoTime();
            try {
                work.run();
            } catch (RuntimeException failed) {
                failures.add(failed.toString() + " cause " + failed.getCause());
            }
            longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private void write(int writer) {
        long number = acknowledged[writer] + 1;
        database.transaction
                .placed(client -> increment(client, writer)
                        .then(Mono.defer(() -> insert(client, id(writer, number))))
                        .then(Mono.defer(() -> change(client, id(writer, Math.max(1, number - 3)))))
                        .then(Mono.defer(
                                () -> number % 10 == 0 ? delete(client, id(writer, number - 5)) : Mono.empty())))
                .contextWrite(TenantScope.entering(tenant))
                .block(WAIT);
        acknowledged[writer] = number;
        written.incrementAndGet();
    }

    private void read(int writer) {
        long atLeast = acknowledged[writer];
        Integer counter = database.transaction
                .placedRead(
                        client -> client.sql("SELECT counter FROM thing WHERE tenant_id = :tenant AND thing_id = :id")
                                .bind("tenant", tenant.id().value())
                                .bind("id", -1L - writer)
                                .map(row -> Column.first(row, Integer.class))
                                .all())
                .contextWrite(TenantScope.entering(tenant))
                .next()
                .defaultIfEmpty(0)
                .block(WAIT);
        if (counter == null || counter < atLeast) {
            failures.add("read " + counter + " after " + atLeast + " was acknowledged");
        }
        read.incrementAndGet();
    }

    private Mono<Void> increment(DatabaseClient client, int writer) {
        return client.sql("""
                        INSERT INTO thing (tenant_id, thing_id, stamp, counter, large)
                        SELECT :tenant, :id, 'counter', 1, string_agg(md5(random()::text), '')
                        FROM generate_series(1, 300)
                        ON CONFLICT (tenant_id, thing_id) DO UPDATE SET counter = thing.counter + 1""")
                .bind("tenant", tenant.id().value())
                .bind("id", -1L - writer)
                .then();
    }

    private Mono<Void> insert(DatabaseClient client, long id) {
        return client.sql("""
                        INSERT INTO thing (tenant_id, thing_id, stamp, amount, tags, extra, raw, share, large)
                        VALUES (:tenant, :id, :stamp, 0.1, '{a,"b c"}', '{"k": [1, null]}', '\\x00ff', 0.1,
                            'short')""")
                .bind("tenant", tenant.id().value())
                .bind("id", id)
                .bind("stamp", "s" + id)
                .then()
                .then(client.sql("INSERT INTO part (tenant_id, thing_id, part_id) VALUES (:tenant, :id, 1)")
                        .bind("tenant", tenant.id().value())
                        .bind("id", id)
                        .then());
    }

    private Mono<Void> change(DatabaseClient client, long id) {
        return client.sql("UPDATE thing SET counter = counter + 1 WHERE tenant_id = :tenant AND thing_id = :id")
                .bind("tenant", tenant.id().value())
                .bind("id", id)
                .then();
    }

    private Mono<Void> delete(DatabaseClient client, long id) {
        return client.sql("DELETE FROM part WHERE tenant_id = :tenant AND thing_id = :id")
                .bind("tenant", tenant.id().value())
                .bind("id", id)
                .then()
                .then(client.sql("DELETE FROM thing WHERE tenant_id = :tenant AND thing_id = :id")
                        .bind("tenant", tenant.id().value())
                        .bind("id", id)
                        .then());
    }

    private static long id(int writer, long number) {
        return 1_000_000_000L * (writer + 1) + number;
    }

    /// How many writes of each writer were acknowledged.
    long[] acknowledged() {
        return acknowledged.clone();
    }

    /// Ends the traffic; what is under way is finished first.
    @Override
    public void close() throws InterruptedException {
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
