package io.weir.audit.outbox;

import io.weir.audit.AuditCodec;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditTopic;
import io.weir.audit.MalformedAuditEventException;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Carries audit events from the outbox to their topic. Several may run: each claims rows for a time, and
/// a row is deleted once the broker has it. After a crash a row is carried again, which its reader notices
/// by its number.
///
/// Fails open for the service and closed for the log: with the broker away rows wait, however many, and
/// `weir.audit.waiting` tells for how long. No connection is held while the broker is waited for.
public final class AuditRelay implements SmartLifecycle {

    /// Why it crosses tenants.
    public static final String REASON = "relay the audit outbox";

    private static final Logger LOG = LoggerFactory.getLogger(AuditRelay.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration DATABASE = Duration.ofSeconds(10);
    private static final Duration BROKER = Duration.ofSeconds(12);
    private static final String CLAIM_UNTIL = "UPDATE audit_outbox SET claimed_until = ";
    private static final int BATCH = 500;
    private static final int AT_ONCE = 256;

    private final PlatformTransaction platform;
    private final AuditTopic topic;
    private final String producer;
    private volatile CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean running;
    private volatile double waitingSeconds;
    // Of the relay's thread.
    private boolean brokerAway;

    /// @param producer the name under which this database's events are numbered
    public AuditRelay(PlatformTransaction platform, AuditTopic topic, String producer) {
        this.platform = platform;
        this.topic = topic;
        this.producer = producer;
    }

    /// Age of the oldest event that has not reached the broker, in seconds; 0: none waits.
    public double waitingSeconds() {
        return waitingSeconds;
    }

    @Override
    public void start() {
        running = true;
        closing = new CountDownLatch(1);
        Thread.ofVirtual().name("audit-relay").start(this::run);
    }

    // What is left is carried by the next process: nothing is lost, so nothing is waited for.
    @Override
    public void stop() {
        running = false;
        closing.countDown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                if (!pass() && closing.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException failed) {
                LOG.warn("Audit events wait in the outbox, trying again: {}", String.valueOf(failed.getMessage()));
                pause();
            }
        }
    }

    private void pause() {
        try {
            running = !closing.await(ROUND.toMillis(), TimeUnit.MILLISECONDS) && running;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    /// True when there may be more to carry at once.
    private boolean pass() {
        int batch = brokerAway ? 1 : BATCH;
        List<Row> claimed = platform.in(REASON, client -> measure(client).then(Mono.defer(() -> claim(client, batch))))
                .blockOptional(DATABASE)
                .orElse(List.of());
        if (claimed.isEmpty()) {
            return false;
        }
        Set<Row> carried = new HashSet<>(Flux.fromIterable(claimed)
                .flatMapSequential(this::carry, AT_ONCE)
                .collectList()
                .blockOptional(BROKER)
                .orElse(List.of()));
        List<Row> left = new ArrayList<>(claimed);
        left.removeAll(carried);
        List<Row> unreadable = left.stream().filter(row -> row.event() == null).toList();
        left.removeAll(unreadable);
        platform.in(
                        REASON,
                        client -> each(client, List.copyOf(carried), "DELETE FROM audit_outbox")
                                .then(Mono.defer(() -> each(client, left, CLAIM_UNTIL + "'-infinity'")))
                                .then(Mono.defer(() -> each(client, unreadable, CLAIM_UNTIL + "'infinity'"))))
                .block(DATABASE);
        boolean wasAway = brokerAway;
        brokerAway = !left.isEmpty();
        return left.isEmpty() && (wasAway || claimed.size() == batch);
    }

    private Mono<Void> measure(DatabaseClient client) {
        return client.sql("SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM audit_outbox")
                .map(row -> Column.first(row, Double.class))
                .one()
                .doOnNext(age -> waitingSeconds = Math.max(0, age))
                .then();
    }

    private static Mono<List<Row>> claim(DatabaseClient client, int batch) {
        return client.sql("""
                        UPDATE audit_outbox SET claimed_until = now() + interval '20 seconds'
                        WHERE (tenant_id, sequence) IN (
                            SELECT tenant_id, sequence FROM audit_outbox WHERE claimed_until < now()
                            ORDER BY created_at, sequence LIMIT :batch FOR UPDATE SKIP LOCKED)
                        RETURNING tenant_id, sequence, payload""")
                .bind("batch", batch)
                .map(row -> Row.of(
                        Column.of(row, "tenant_id", UUID.class),
                        Column.of(row, "sequence", Long.class),
                        Column.of(row, "payload", String.class)))
                .all()
                .sort(Comparator.comparingLong(Row::sequence))
                .collectList();
    }

    /// Empty when the broker did not take it.
    private Mono<Row> carry(Row row) {
        AuditEvent event = row.event();
        if (event == null) {
            return Mono.empty();
        }
        return topic.send(AuditCodec.number(event, producer, row.sequence()))
                .thenReturn(row)
                .onErrorResume(failed -> {
                    LOG.warn("Audit event {} waits for the broker: {}", event.id(), failed.getMessage());
                    return Mono.empty();
                });
    }

    private static Mono<Void> each(DatabaseClient client, List<Row> rows, String statement) {
        if (rows.isEmpty()) {
            return Mono.empty();
        }
        return client.sql(statement + " WHERE (tenant_id, sequence) IN (SELECT * FROM unnest(:tenants, :sequences))")
                .bind("tenants", rows.stream().map(Row::tenant).toArray(UUID[]::new))
                .bind("sequences", rows.stream().map(Row::sequence).toArray(Long[]::new))
                .then();
    }

    /// @param event null: the row holds none; it stays where it is, and the age of what waits tells of it
    private record Row(UUID tenant, long sequence, @Nullable AuditEvent event) {

        static Row of(UUID tenant, long sequence, String payload) {
            try {
                return new Row(tenant, sequence, AuditCodec.read(payload.getBytes(StandardCharsets.UTF_8)));
            } catch (MalformedAuditEventException malformed) {
                LOG.error("Outbox row {} of tenant {} is kept: {}", sequence, tenant, malformed.getMessage());
                return new Row(tenant, sequence, null);
            }
        }
    }
}
