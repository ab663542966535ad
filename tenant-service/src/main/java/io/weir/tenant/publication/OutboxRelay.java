package io.weir.tenant.publication;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Carries publications from the outbox to their topics: at once after a commit in this process, and every half second
/// for those of other processes or of a broker that was away. Several may run: each row has one carrier at a time, and
/// of one key only the lowest version is ever taken, so that no older version follows a newer one onto the topic.
@Component
final class OutboxRelay implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration PASS = Duration.ofSeconds(20);
    private static final int BATCH = 500;
    private static final int AT_ONCE = 64;
    private static final Map<String, SnapshotTopic<?>> TOPICS = Map.of(
            SnapshotTopic.TENANTS.suffix(), SnapshotTopic.TENANTS,
            SnapshotTopic.API_KEYS.suffix(), SnapshotTopic.API_KEYS,
            SnapshotTopic.MEMBERS.suffix(), SnapshotTopic.MEMBERS,
            SnapshotTopic.PROVIDER_KEYS.suffix(), SnapshotTopic.PROVIDER_KEYS,
            SnapshotTopic.PLANS.suffix(), SnapshotTopic.PLANS);

    private final PlatformTransaction platform;
    private final SnapshotPublisher publisher;
    private final Semaphore work = new Semaphore(0);
    private volatile boolean running;

    OutboxRelay(PlatformTransaction platform, SnapshotPublisher publisher) {
        this.platform = platform;
        this.publisher = publisher;
    }

    void wake() {
        work.release();
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("outbox-relay").start(this::run);
    }

    // What is left is carried by the next process: nothing is lost, so nothing is waited for.
    @Override
    public void stop() {
        running = false;
        wake();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                boolean woken = work.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS);
                work.drainPermits();
                LOG.trace("Looking at the outbox, woken: {}", woken);
                while (running && Boolean.TRUE.equals(pass().block(PASS))) {
                    LOG.trace("Carried some, looking for more");
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException failed) {
                LOG.warn("Snapshots wait in the outbox, trying again: {}", String.valueOf(failed.getMessage()));
            }
        }
    }

    /// True when everything that was found has been carried and there may be more.
    private Mono<Boolean> pass() {
        return platform.in(
                "relay the outbox",
                client -> heads(client)
                        .collectList()
                        .flatMap(found -> Flux.fromIterable(found)
                                .flatMap(this::carry, AT_ONCE)
                                .collectList()
                                .flatMap(carried -> delete(client, carried)
                                        .thenReturn(!found.isEmpty() && carried.size() == found.size()))));
    }

    private static Flux<Row> heads(DatabaseClient client) {
        return client.sql("""
                        SELECT tenant_id, topic, record_key, version, payload FROM outbox this
                        WHERE NOT EXISTS (SELECT 1 FROM outbox lower WHERE lower.tenant_id = this.tenant_id
                            AND lower.topic = this.topic AND lower.record_key = this.record_key
                            AND lower.version < this.version)
                        ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED""")
                .bind("batch", BATCH)
                .map(row -> new Row(
                        Column.of(row, "tenant_id", UUID.class),
                        Column.of(row, "topic", String.class),
                        Column.of(row, "record_key", String.class),
                        Column.of(row, "version", Long.class),
                        row.get("payload", String.class)))
                .all();
    }

    /// Empty when the broker did not take it.
    private Mono<Row> carry(Row row) {
        SnapshotTopic<?> topic = TOPICS.get(row.topic());
        if (topic == null) {
            LOG.error("The outbox holds a row for topic {}, which is none of ours", row.topic());
            return Mono.empty();
        }
        String payload = row.payload();
        Mono<Void> sent = payload == null
                ? publisher.remove(topic, row.key(), row.version())
                : publisher.publishJson(topic, row.key(), row.version(), payload.getBytes(StandardCharsets.UTF_8));
        return sent.thenReturn(row).onErrorResume(failed -> {
            LOG.warn("{} {} waits for the broker: {}", row.topic(), row.key(), failed.getMessage());
            return Mono.empty();
        });
    }

    private static Mono<Void> delete(DatabaseClient client, List<Row> carried) {
        if (carried.isEmpty()) {
            return Mono.empty();
        }
        return client.sql("""
                        DELETE FROM outbox USING unnest(CAST(:tenants AS uuid[]), CAST(:topics AS text[]),
                            CAST(:keys AS text[]), CAST(:versions AS bigint[])) AS done (tenant, topic, key, version)
                        WHERE outbox.tenant_id = done.tenant AND outbox.topic = done.topic
                            AND outbox.record_key = done.key AND outbox.version = done.version""")
                .bind("tenants", carried.stream().map(Row::tenant).toArray(UUID[]::new))
                .bind("topics", carried.stream().map(Row::topic).toArray(String[]::new))
                .bind("keys", carried.stream().map(Row::key).toArray(String[]::new))
                .bind("versions", carried.stream().map(Row::version).toArray(Long[]::new))
                .then();
    }

    /// @param payload null: the key leaves the topic
    private record Row(
            UUID tenant,
            String topic,
            String key,
            long version,
            @Nullable String payload) {}
}
