package io.weir.audit;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TenantHeader;
import java.time.Duration;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Mono;

/// Sends audit events to their topic, keyed by tenant. Safe for use by many threads.
public final class AuditTopic implements AutoCloseable {

    /// The topic's name without the prefix.
    public static final String NAME = "audit.v1";

    /// Where its reader sets aside what it cannot store.
    public static final String DEAD_LETTERS = NAME + ".dlt";

    private static final Duration DELIVERY = Duration.ofSeconds(8);

    private final String topic;
    private final RecordSender sender;

    private AuditTopic(String topic, RecordSender sender) {
        this.topic = topic;
        this.sender = sender;
    }

    /// Opens a connection of its own (`acks=all`, idempotent).
    public static AuditTopic open(KafkaProperties kafka, String service) {
        return new AuditTopic(kafka.topic(NAME), RecordSender.create(kafka, "audit-" + service, DELIVERY));
    }

    /// Sends when subscribed; completes when every in-sync replica has it, and fails after eight seconds.
    public Mono<Void> send(AuditEvent event) {
        return Mono.defer(() -> sender.send(record(event))).then();
    }

    private ProducerRecord<String, byte[]> record(AuditEvent event) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, event.tenant().toString(), AuditCodec.write(event));
        TenantHeader.stamp(record.headers(), event.tenant());
        return record;
    }

    @Override
    public void close() {
        sender.close();
    }
}
