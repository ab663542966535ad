package io.weir.audit.journal;

import io.weir.audit.AuditCodec;
import io.weir.audit.AuditEntry;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditFailure;
import io.weir.audit.AuditSource;
import io.weir.audit.AuditTopic;
import io.weir.audit.MalformedAuditEventException;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/// Records privileged actions of a service without a database: an append completes once the event is on
/// the disk of this machine, forced there together with others that came at the same time; it is forwarded
/// to the topic and deleted once the broker has it. A killed process loses nothing that completed. Safe
/// for use by many threads.
///
/// Fails closed: with the disk gone or the journal full, an append fails with a 503, and its caller must
/// not do what could not be recorded.
public final class AuditJournal implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AuditJournal.class);
    private static final int GROUP = 1_000;
    private static final int FORWARDED_AT_ONCE = 256;
    private static final long FILE_SIZE = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(12);
    private static final Duration GOODBYE = Duration.ofSeconds(5);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long BETWEEN_ATTEMPTS = TimeUnit.SECONDS.toNanos(1);
    // An event with its head seldom has more.
    private static final int EXPECTED_SIZE = 1_024;

    private final Path path;
    private final long mostBytes;
    private final AuditSource source;
    private final AuditTopic topic;
    private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>(10_000);
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable JournalDirectory directory;
    private volatile boolean running;
    private volatile @Nullable Instant oldest;
    private volatile Thread writer = Thread.ofPlatform().unstarted(() -> {});
    private volatile Thread forwarder = Thread.ofPlatform().unstarted(() -> {});
    // Of the writer's thread.
    private Map<TenantId, Long> numbers = new HashMap<>();
    private String run;

    /// @param path a directory of this process alone, on a disk that outlives it
    /// @param mostBytes that the journal may hold while the broker is away
    public AuditJournal(Path path, long mostBytes, AuditSource source, AuditTopic topic) {
        this.path = path;
        this.mostBytes = mostBytes;
        this.source = source;
        this.topic = topic;
        this.run = source.newRun();
    }

    /// Records when subscribed; completes when it is on the disk, fails with a 503 when it cannot be.
    public Mono<Void> append(TenantId tenant, AuditEntry entry) {
        return Mono.deferContextual(context -> {
            AuditEvent event = source.event(context, tenant, entry);
            return Mono.<Void>create(caller -> enqueue(new Pending(event, caller)))
                    .publishOn(Schedulers.parallel());
        });
    }

    /// Appends that were refused.
    public long refused() {
        return refused.get();
    }

    /// Bytes that wait for the broker.
    public long size() {
        JournalDirectory open = directory;
        return open == null ? 0 : open.size();
    }

    /// Age of the oldest event that the broker did not take, in seconds; 0: none waits.
    public double waitingSeconds() {
        Instant first = oldest;
        return first == null
                ? 0
                : Math.max(0, Duration.between(first, source.clock().instant()).toMillis() / 1000.0);
    }

    private void enqueue(Pending pending) {
        if (!running || !queue.offer(pending)) {
            refuse(pending, new IOException("the journal is not open, or its queue is full"));
        }
    }

    private void refuse(Pending pending, Exception why) {
        refused.incrementAndGet();
        pending.caller().error(AuditFailure.of(why));
    }

    // Open before requests come, closed after the last of them.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 2500;
    }

    /// Throws [IllegalStateException] when the directory cannot be used: a service that cannot record does
    /// not start.
    @Override
    public void start() {
        JournalDirectory open;
        try {
            open = JournalDirectory.open(path, FILE_SIZE);
        } catch (IOException unusable) {
            throw new IllegalStateException(
                    "The audit journal cannot be opened: " + unusable.getMessage()
                            + ". Point weir.audit.journal-directory at a directory of this process alone.",
                    unusable);
        }
        directory = open;
        running = true;
        writer = Thread.ofPlatform().name("audit-journal").daemon().start(() -> write(open));
        forwarder = Thread.ofPlatform().name("audit-forwarder").daemon().start(() -> forward(open));
    }

    // What is left is forwarded by the next process.
    @Override
    public void stop() {
        running = false;
        try {
            writer.join(GOODBYE);
            forwarder.join(GOODBYE.plus(PATIENCE));
            JournalDirectory open = directory;
            if (open != null) {
                open.close();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException unclean) {
            LOG.warn("The audit journal was not closed: {}", unclean.getMessage());
        }
        directory = null;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void write(JournalDirectory open) {
        List<Pending> group = new ArrayList<>();
        while (running || !queue.isEmpty()) {
            try {
                Pending first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    group.add(first);
                    queue.drainTo(group, GROUP - 1);
                    writeGroup(open, group);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException defect) {
                LOG.error("The audit journal's writer failed", defect);
                group.forEach(pending -> refuse(pending, defect));
            } finally {
                group.clear();
            }
        }
    }

    private void writeGroup(JournalDirectory open, List<Pending> group) {
        if (open.size() + (long) group.size() * EXPECTED_SIZE > mostBytes) {
            group.forEach(pending -> refuse(pending, new IOException("the journal holds " + mostBytes + " bytes")));
            return;
        }
        Map<TenantId, Long> next = new HashMap<>(numbers);
        List<byte[]> records = group.stream()
                .map(pending -> AuditCodec.write(number(pending.event(), next)))
                .toList();
        try {
            open.append(records);
            numbers = next;
            group.forEach(pending -> pending.caller().success());
        } catch (IOException failed) {
            LOG.error("Audit events could not be written: {}", failed.getMessage());
            // What is on the disk nobody knows, so its numbers are not used again.
            numbers = new HashMap<>();
            run = source.newRun();
            group.forEach(pending -> refuse(pending, failed));
        }
    }

    private AuditEvent number(AuditEvent event, Map<TenantId, Long> next) {
        return AuditCodec.number(event, run, next.merge(event.tenant(), 1L, Long::sum));
    }

    // At a stop what is there is still sent, unless the broker is away: then the next process does it.
    private void forward(JournalDirectory open) {
        while (running || (oldest == null && !isDone(open))) {
            try {
                boolean some = forwardSome(open);
                LockSupport.parkNanos(some ? 1 : PAUSE);
            } catch (IOException | RuntimeException failed) {
                LOG.warn("Audit events wait in the journal, trying again: {}", String.valueOf(failed.getMessage()));
                if (!running) {
                    return;
                }
                LockSupport.parkNanos(BETWEEN_ATTEMPTS);
            }
        }
    }

    private boolean isDone(JournalDirectory open) {
        return !writer.isAlive() && open.isEmpty();
    }

    private boolean forwardSome(JournalDirectory open) throws IOException {
        List<byte[]> records = open.next(oldest == null ? FORWARDED_AT_ONCE : 1);
        if (records.isEmpty()) {
            oldest = null;
            return false;
        }
        List<AuditEvent> events = events(records);
        Instant first = events.isEmpty() ? null : events.getFirst().at();
        try {
            Flux.fromIterable(events)
                    .flatMapSequential(topic::send, FORWARDED_AT_ONCE)
                    .then()
                    .block(PATIENCE);
        } catch (RuntimeException away) {
            oldest = first;
            throw away;
        }
        oldest = null;
        open.forwarded(records);
        return true;
    }

    private static List<AuditEvent> events(List<byte[]> records) {
        List<AuditEvent> events = new ArrayList<>();
        for (byte[] record : records) {
            try {
                events.add(AuditCodec.read(record));
            } catch (MalformedAuditEventException foreign) {
                LOG.error("The audit journal holds a record that is no event, passed over: {}", foreign.getMessage());
            }
        }
        return events;
    }

    private record Pending(AuditEvent event, MonoSink<Void> caller) {}
}
