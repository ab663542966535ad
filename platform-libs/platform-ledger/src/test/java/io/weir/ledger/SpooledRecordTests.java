package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpooledRecordTests {

    private static ProducerRecord<String, byte[]> withHeaders() {
        ProducerRecord<String, byte[]> sent =
                new ProducerRecord<>("t", 5, "käse", "value".getBytes(StandardCharsets.UTF_8));
        sent.headers().add("first", new byte[] {1, 2, 3}).add("empty", new byte[0]);
        return sent;
    }

    @Test
    void whatIsWrittenIsReadWithKeyPartitionAndHeaders() {
        assertThat(SpooledRecord.read("t", SpooledRecord.write(withHeaders())))
                .usingRecursiveComparison()
                .isEqualTo(withHeaders());
        ProducerRecord<String, byte[]> plain = new ProducerRecord<>("t", 0, "k", new byte[0]);
        assertThat(SpooledRecord.read("t", SpooledRecord.write(plain)))
                .usingRecursiveComparison()
                .isEqualTo(plain);
    }

    @Test
    void whatIsCutOffAnywhereIsNotRead() {
        byte[] whole = SpooledRecord.write(withHeaders());
        for (int length = 0; length < whole.length; length++) {
            assertThat(SpooledRecord.read("t", Arrays.copyOf(whole, length)))
                    .as("%s of %s bytes", length, whole.length)
                    .isNull();
        }
    }

    // Partition; length of the key; number of headers.
    @ParameterizedTest
    @ValueSource(ints = {0, 4, 13})
    void negativeNumbersAreNotRead(int at) {
        byte[] damaged = SpooledRecord.write(withHeaders());
        damaged[at] = (byte) 0xff;
        assertThat(SpooledRecord.read("t", damaged)).isNull();
    }

    @Test
    void theOriginalIsNotNeededToReadIt() {
        byte[] written = SpooledRecord.write(withHeaders());
        assertThat(Objects.requireNonNull(SpooledRecord.read("other", written)).topic())
                .isEqualTo("other");
    }
}
