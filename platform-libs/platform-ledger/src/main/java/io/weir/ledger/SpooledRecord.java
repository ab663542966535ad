package io.weir.ledger;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// A record of the ledger's topic as the write-ahead file has it: partition, key, headers, value, each with its length.
final class SpooledRecord {

    private SpooledRecord() {}

    static byte[] write(ProducerRecord<String, byte[]> record) {
        byte[] key = record.key().getBytes(StandardCharsets.UTF_8);
        Header[] headers = record.headers().toArray();
        int size = 4 * Integer.BYTES + key.length + record.value().length;
        for (Header header : headers) {
            size += 2 * Integer.BYTES + name(header).length + header.value().length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        buffer.putInt(record.partition());
        put(buffer, key);
        buffer.putInt(headers.length);
        for (Header header : headers) {
            put(buffer, name(header));
            put(buffer, header.value());
        }
        put(buffer, record.value());
        return buffer.array();
    }

    private static byte[] name(Header header) {
        return header.key().getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer buffer, byte[] bytes) {
        buffer.putInt(bytes.length).put(bytes);
    }

    /// Null where the bytes are of no form that we know.
    static @Nullable ProducerRecord<String, byte[]> read(String topic, byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int partition = buffer.getInt();
            String key = new String(take(buffer), StandardCharsets.UTF_8);
            int headers = buffer.getInt();
            String[] names = new String[headers];
            byte[][] values = new byte[headers][];
            for (int i = 0; i < headers; i++) {
                names[i] = new String(take(buffer), StandardCharsets.UTF_8);
                values[i] = take(buffer);
            }
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, key, take(buffer));
            for (int i = 0; i < headers; i++) {
                record.headers().add(names[i], values[i]);
            }
            return record;
        } catch (BufferUnderflowException | NegativeArraySizeException | IllegalArgumentException unknown) {
            return null;
        }
    }

    private static byte[] take(ByteBuffer buffer) {
        int length = buffer.getInt();
        if (length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }
}
