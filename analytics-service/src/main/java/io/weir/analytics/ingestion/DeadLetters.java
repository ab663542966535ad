package io.weir.analytics.ingestion;

import io.weir.analytics.ingestion.Rendered.Refused;
import io.weir.kafka.RecordSender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Flux;

/// Refused records, unchanged, with where they come from and why. A record may arrive twice after a crash.
public final class DeadLetters {

    /// The header that holds the reason.
    public static final String REASON = "weir-dlt-reason";

    /// The header that holds what exactly was wrong.
    public static final String DETAIL = "weir-dlt-detail";

    /// The header that holds `topic/partition/offset`.
    public static final String SOURCE = "weir-dlt-source";

    /// The header of a record that was refused and is in its topic again: where it stood at first, as in [#SOURCE].
    public static final String REPLAYED = "weir-replayed";

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final String topic;
    private final RecordSender sender;

    /// @param topic full name
    public DeadLetters(String topic, RecordSender sender) {
        this.topic = topic;
        this.sender = sender;
    }

    /// Returns when the broker has all of them durably.
    void send(List<Refused> refused) {
        Flux.fromIterable(refused)
                .concatMap(one -> sender.send(letter(one)))
                .then()
                .block(LIMIT);
    }

    private ProducerRecord<String, byte[]> letter(Refused refused) {
        ConsumerRecord<String, byte[]> source = refused.source();
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(topic, source.key(), source.value());
        source.headers().forEach(letter.headers()::add);
        String place = source.topic() + "/" + source.partition() + "/" + source.offset();
        letter.headers()
                .add(REASON, refused.reason().getBytes(StandardCharsets.UTF_8))
                .add(DETAIL, refused.detail().getBytes(StandardCharsets.UTF_8))
                .add(SOURCE, place.getBytes(StandardCharsets.UTF_8));
        return letter;
    }
}
