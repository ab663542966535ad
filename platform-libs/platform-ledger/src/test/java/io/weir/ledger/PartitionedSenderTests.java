package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.PartitionedSender.Outcomes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class PartitionedSenderTests {

    private static final String TOPIC = "t";
    private static final Node NODE = new Node(0, "broker", 9092);

    private final List<PendingRecord> delivered = new ArrayList<>();
    private final PartitionedSender sender = new PartitionedSender(TOPIC, new Outcomes() {
        @Override
        public void delivered(PendingRecord pending) {
            delivered.add(pending);
        }

        @Override
        public void unsendable(PendingRecord pending, Exception why) {}

        @Override
        public void clientFailed() {}
    });

    /// Gives back what it has not delivered when it is closed, as the real one does.
    private static final class Client extends MockProducer<String, byte[]> {

        private int closings;

        Client() {
            super(cluster(), false, null, new StringSerializer(), new ByteArraySerializer());
        }

        @Override
        public void close(Duration limit) {
            closings++;
            boolean more = true;
            while (more) {
                more = errorNext(new KafkaException("closed"));
            }
            super.close(limit);
        }

        private static Cluster cluster() {
            Node[] nodes = {NODE};
            PartitionInfo only = new PartitionInfo(TOPIC, 0, NODE, nodes, nodes);
            return new Cluster("cluster", List.of(NODE), List.of(only), Set.of(), Set.of());
        }
    }

    private void add(int sequence) {
        ProducerRecord<String, byte[]> content = new ProducerRecord<>(TOPIC, 0, "key", new byte[] {(byte) sequence});
        sender.adopt(new PendingRecord("p", content, sequence, System.nanoTime(), () -> {}));
    }

    private static List<Integer> sent(Client client) {
        return client.history().stream().map(record -> (int) record.value()[0]).toList();
    }

    @Test
    void aClientThatWasRefusedSomethingSendsNothingThatIsBehindWhatFailsAfterwards() {
        Client first = new Client();
        for (int i = 0; i < 3; i++) {
            add(i);
        }
        sender.pump(first);
        assertThat(sent(first)).containsExactly(0, 1, 2);
        add(3);
        first.sendException = new TopicAuthorizationException(TOPIC);
        sender.pump(first);
        assertThat(sender.isBroken()).isTrue();

        assertThat(first.errorNext(new UnknownServerException("at one batch"))).isTrue();
        assertThat(first.completeNext()).as("what is behind it").isFalse();
        assertThat(first.closings).isEqualTo(1);
        assertThat(delivered).isEmpty();

        Client second = new Client();
        sender.mended();
        sender.pump(second);
        assertThat(sent(second)).containsExactly(0, 1, 2, 3);
    }
}
