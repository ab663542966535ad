package io.weir.tenant.audit.intake;

import io.weir.audit.AuditCodec;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditTopic;
import io.weir.audit.MalformedAuditEventException;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.ParkedEvents;
import io.weir.tenant.audit.sealing.AuditSealer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Reads the audit topic into the tenants' logs. An offset is committed after the commits of its events,
/// so that an event is stored at least once, and by its number at most once. What cannot be stored goes to
/// the dead letters; what cannot be stored now, because the tenant's database is away, is parked, and what follows of
/// that tenant behind it (see [ParkedIntake]), so that other tenants go on. Several instances share the partitions.
@Component
final class AuditConsumer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AuditConsumer.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration BATCH = Duration.ofMinutes(2);
    // After which a tenant's database is taken for away.
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final Duration FINISH = Duration.ofSeconds(1);
    private static final int TENANTS_AT_ONCE = 4;
    private static final int RECORDS = 500;
    private static final long PAUSE_MILLIS = 1_000;

    private final KafkaProperties kafka;
    private final AuditIntake intake;
    private final ParkedEvents parked;
    private final DeadLetters deadLetters;
    private final AuditSealer sealer;
    private volatile CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});
    private volatile @Nullable Consumer<String, byte[]> reading;

    AuditConsumer(
            KafkaProperties kafka,
            AuditIntake intake,
            ParkedEvents parked,
            DeadLetters deadLetters,
            AuditSealer sealer) {
        this.kafka = kafka;
        this.intake = intake;
        this.parked = parked;
        this.deadLetters = deadLetters;
        this.sealer = sealer;
    }

    @Override
    public void start() {
        running = true;
        closing = new CountDownLatch(1);
        thread = Thread.ofPlatform().name("audit-consumer").daemon().start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        closing.countDown();
        try {
            if (!thread.join(FINISH)) {
                // A broker that is away: what is not committed is read again, and known by its number.
                interruptWaiting();
                thread.join(CLOSE);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void interruptWaiting() {
        Consumer<String, byte[]> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try (Consumer<String, byte[]> consumer = consumer()) {
                reading = consumer;
                consumer.subscribe(List.of(kafka.topic(AuditTopic.NAME)));
                follow(consumer);
            } catch (WakeupException stopped) {
                LOG.debug("Closing");
            } catch (RuntimeException failed) {
                LOG.warn("Reading audit events failed, starting over: {}", String.valueOf(failed.getMessage()));
                pause();
            }
        }
    }

    // A batch that fails ends the session: the next one begins at the last committed offset.
    private void follow(Consumer<String, byte[]> consumer) {
        while (running) {
            ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                store(records);
                consumer.commitSync(CLOSE);
            }
        }
    }

    private void store(ConsumerRecords<String, byte[]> records) {
        deadLetters.begin();
        Map<TenantId, List<Received>> byTenant = new LinkedHashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            try {
                AuditEvent event = read(record);
                byTenant.computeIfAbsent(event.tenant(), tenant -> new ArrayList<>())
                        .add(new Received(record, event));
            } catch (MalformedAuditEventException | IllegalArgumentException refused) {
                deadLetters.add(record, String.valueOf(refused.getMessage()));
            }
        }
        parked.among(byTenant.keySet())
                .flatMapMany(queued -> Flux.fromIterable(byTenant.entrySet())
                        .flatMap(
                                one -> queued.contains(one.getKey())
                                        ? park(one.getKey(), one.getValue())
                                        : take(one.getKey(), one.getValue()),
                                TENANTS_AT_ONCE))
                .then()
                .block(BATCH);
        deadLetters.flush();
    }

    private record Received(ConsumerRecord<String, byte[]> record, AuditEvent event) {}

    private static AuditEvent read(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            throw new IllegalArgumentException("the record is empty (expected: an audit event)");
        }
        AuditEvent event = AuditCodec.read(record.value());
        TenantId header = TenantHeader.read(record.headers())
                .orElseThrow(() -> new IllegalArgumentException("no single tenant in the header " + TenantHeader.NAME));
        if (!header.equals(event.tenant())) {
            throw new IllegalArgumentException(
                    "header " + header + " and payload " + event.tenant() + " name different tenants");
        }
        if (event.sequence() < 1) {
            throw new IllegalArgumentException("producersequence: " + event.sequence() + " (expected: >= 1)");
        }
        return event;
    }

    private Mono<Void> take(TenantId tenant, List<Received> received) {
        List<AuditEvent> events = received.stream().map(Received::event).toList();
        return intake.take(tenant, events)
                .timeout(PATIENCE)
                .switchIfEmpty(Mono.fromRunnable(() -> LOG.warn(
                        "{} audit events of tenant {} came after its erasure, and are gone with its log",
                        events.size(),
                        tenant)))
                .doOnNext(taken -> {
                    received.stream()
                            .filter(one -> taken.contradicting().contains(one.event()))
                            .forEach(one -> deadLetters.add(
                                    one.record(),
                                    "number " + one.event().sequence() + " of "
                                            + one.event().producer() + " is another event's"));
                    if (taken.added() > 0) {
                        sealer.added(tenant, taken.added());
                    }
                })
                .onErrorResume(AuditConsumer::isNoTenant, unknown -> {
                    received.forEach(one -> deadLetters.add(one.record(), "there is no tenant " + tenant));
                    return Mono.empty();
                })
                .then()
                .onErrorResume(failed -> {
                    LOG.warn("Audit events of tenant {} are parked: {}", tenant, failed.toString());
                    return park(tenant, received);
                });
    }

    private Mono<Void> park(TenantId tenant, List<Received> received) {
        return parked.park(
                tenant,
                received.stream()
                        .map(one -> new ParkedEvents.Parked(
                                one.record().partition(), one.record().offset(), one.event()))
                        .toList());
    }

    private static boolean isNoTenant(Throwable failure) {
        return failure instanceof PlatformException problem && problem.type() == ProblemType.NOT_FOUND;
    }

    private void pause() {
        try {
            running = !closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS) && running;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    /// Throws [KafkaException] when the settings are of no use.
    private Consumer<String, byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.topic("audit-log"));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS);
        // An instance that died without a word holds its partitions for so long.
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
