package io.weir.tenant.audit.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.audit.AuditTopic;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Sets aside what the log cannot take, with the reason in the header `weir-refused`. Every one is an
/// alarm: counted by `weir.audit.dead`.
@Component
final class DeadLetters implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final Duration DELIVERY = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final String topic;
    private final RecordSender sender;
    private final Counter dead;
    private final List<ProducerRecord<String, byte[]>> waiting = new ArrayList<>();

    DeadLetters(KafkaProperties kafka, MeterRegistry meters) {
        this.topic = kafka.topic(AuditTopic.DEAD_LETTERS);
        this.sender = RecordSender.create(kafka, "audit-dead-letters", DELIVERY);
        this.dead = Counter.builder("weir.audit.dead")
                .baseUnit("records")
                .description("audit records that could not be stored and were set aside")
                .register(meters);
    }

    /// Forgets those of a batch that failed and will be read again.
    synchronized void begin() {
        waiting.clear();
    }

    synchronized void add(ConsumerRecord<String, byte[]> refused, String why) {
        waiting.add(letter(refused, why));
    }

    /// Sets aside one that belongs to no batch; completes when the broker has it.
    Mono<Void> send(ConsumerRecord<String, byte[]> refused, String why) {
        return Mono.defer(() -> sender.send(letter(refused, why)))
                .doOnSuccess(sent -> dead.increment())
                .then();
    }

    private ProducerRecord<String, byte[]> letter(ConsumerRecord<String, byte[]> refused, String why) {
        LOG.error(
                "Audit record {}-{}@{} is set aside: {}", refused.topic(), refused.partition(), refused.offset(), why);
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(topic, refused.key(), refused.value());
        refused.headers().forEach(header -> letter.headers().add(header));
        letter.headers().add("weir-refused", why.getBytes(StandardCharsets.UTF_8));
        letter.headers()
                .add("weir-origin", (refused.partition() + "@" + refused.offset()).getBytes(StandardCharsets.UTF_8));
        return letter;
    }

    /// Returns when the broker has them; throws when it did not take them in time.
    synchronized void flush() {
        List<ProducerRecord<String, byte[]>> letters = List.copyOf(waiting);
        waiting.clear();
        if (!letters.isEmpty()) {
            Flux.fromIterable(letters).flatMapSequential(sender::send).then().block(PATIENCE);
            dead.increment(letters.size());
        }
    }

    @Override
    public void destroy() {
        sender.close();
    }
}
