package io.weir.snapshots;

import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// A snapshot as it travels: value, version, and the owner's Ed25519 signature over topic, key, version and
/// value. The topic is part of what is signed, so that a record cannot be replayed into another one.
///
/// @param value JSON, or null where the key was removed
record SignedRecord(String key, long version, byte @Nullable [] value, String signer, String signature) {

    private static final String VERSION = "weir-version";
    private static final String SIGNER = "weir-kid";
    private static final String SIGNATURE = "weir-signature";

    static SignedRecord sign(
            SigningKey signingKey, String topicSuffix, String key, long version, byte @Nullable [] value) {
        byte[] signature = signingKey.sign(signedBytes(topicSuffix, key, version, value));
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        return new SignedRecord(key, version, value, signingKey.id(), text);
    }

    /// Throws [IllegalArgumentException] naming what is missing.
    static SignedRecord of(ConsumerRecord<String, byte[]> received) {
        if (received.key() == null) {
            throw new IllegalArgumentException("no key");
        }
        return new SignedRecord(
                received.key(),
                Long.parseLong(header(received, VERSION)),
                received.value(),
                header(received, SIGNER),
                header(received, SIGNATURE));
    }

    ProducerRecord<String, byte[]> toProducerRecord(String topic) {
        ProducerRecord<String, byte[]> out = new ProducerRecord<>(topic, key, value);
        out.headers()
                .add(VERSION, Long.toString(version).getBytes(StandardCharsets.US_ASCII))
                .add(SIGNER, signer.getBytes(StandardCharsets.US_ASCII))
                .add(SIGNATURE, signature.getBytes(StandardCharsets.US_ASCII));
        return out;
    }

    /// Whether both say the same, whoever signed.
    boolean isSameAs(SignedRecord other) {
        return key.equals(other.key) && version == other.version && Arrays.equals(value, other.value);
    }

    /// Throws [IllegalArgumentException] when the signature is not the owner's over exactly this record.
    void verify(SnapshotTopic<?> topic, TrustedKeys keys) {
        TrustedKeys.TrustedKey trusted =
                keys.find(signer).orElseThrow(() -> new IllegalArgumentException("signed by unknown key " + signer));
        if (!trusted.service().equals(topic.owner())) {
            throw new IllegalArgumentException("signed by " + trusted.service() + " (expected: " + topic.owner() + ")");
        }
        if (!trusted.verifies(
                signedBytes(topic.suffix(), key, version, value),
                Base64.getUrlDecoder().decode(signature))) {
            throw new IllegalArgumentException("signature of " + topic.owner() + " does not match the record");
        }
    }

    private static byte[] signedBytes(String topicSuffix, String key, long version, byte @Nullable [] value) {
        byte[] topicBytes = topicSuffix.getBytes(StandardCharsets.UTF_8);
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        int valueLength = value == null ? 0 : value.length;
        // Lengths before contents, so that no two records have the same signed bytes.
        ByteBuffer bytes = ByteBuffer.allocate(4 + topicBytes.length + 4 + keyBytes.length + 8 + 4 + valueLength);
        bytes.putInt(topicBytes.length).put(topicBytes);
        bytes.putInt(keyBytes.length).put(keyBytes);
        bytes.putLong(version).putInt(value == null ? -1 : valueLength);
        if (value != null) {
            bytes.put(value);
        }
        return bytes.array();
    }

    private static String header(ConsumerRecord<String, byte[]> received, String name) {
        Header header = received.headers().lastHeader(name);
        if (header == null || header.value() == null) {
            throw new IllegalArgumentException("unsigned: no header " + name);
        }
        return new String(header.value(), StandardCharsets.US_ASCII);
    }
}
