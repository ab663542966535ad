package io.weir.snapshots;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.security.SigningKey;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Signs snapshots and puts them on their topic. Safe for use by many threads.
public final class SnapshotPublisher implements AutoCloseable {

    private static final Duration DELIVERY = Duration.ofSeconds(10);

    private final KafkaProperties kafka;
    private final Supplier<SigningKey> keys;
    private final RecordSender sender;

    public SnapshotPublisher(KafkaProperties kafka, SigningKey signingKey) {
        this(kafka, () -> signingKey);
    }

    /// @param keys gives the key to sign with now
    public SnapshotPublisher(KafkaProperties kafka, Supplier<SigningKey> keys) {
        this.kafka = kafka;
        this.keys = keys;
        this.sender = RecordSender.create(kafka, "snapshots-" + keys.get().service(), DELIVERY);
    }

    /// Completes when the broker has it durably. Readers ignore it if they know a version as high for this key.
    /// Throws [IllegalArgumentException] when the topic belongs to another service.
    public <T> Mono<Void> publish(SnapshotTopic<T> topic, String key, long version, T snapshot) {
        return send(topic, key, version, SnapshotJson.write(snapshot));
    }

    /// As [#publish], for a snapshot that is already JSON, for example from an outbox.
    public Mono<Void> publishJson(SnapshotTopic<?> topic, String key, long version, byte[] json) {
        return send(topic, key, version, json);
    }

    /// Removes the key, with a signed tombstone.
    public Mono<Void> remove(SnapshotTopic<?> topic, String key, long version) {
        return send(topic, key, version, null);
    }

    private Mono<Void> send(SnapshotTopic<?> topic, String key, long version, byte @Nullable [] value) {
        SigningKey signingKey = keys.get();
        if (!topic.owner().equals(signingKey.service())) {
            throw new IllegalArgumentException(topic.suffix() + " belongs to " + topic.owner() + "; "
                    + signingKey.service() + " cannot write to it");
        }
        return Mono.fromSupplier(() -> SignedRecord.sign(signingKey, topic.suffix(), key, version, value))
                .flatMap(signed -> sender.send(signed.toProducerRecord(kafka.topic(topic.suffix()))))
                .then();
    }

    @Override
    public void close() {
        sender.close();
    }
}
