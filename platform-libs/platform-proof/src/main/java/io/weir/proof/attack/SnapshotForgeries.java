package io.weir.proof.attack;

import io.weir.proof.attack.MessageAttacks.Forgery;
import io.weir.security.KeyPairFiles;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.snapshots.SnapshotTopic;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Snapshot records that another than the owner wrote, or that were changed on the way. The record that is checked is
/// private to its library, so it is reached by its name.
final class SnapshotForgeries {

    private static final String LINE = "forged snapshot";
    private static final String TOPIC = "weir.tenants.v1";

    private SnapshotForgeries() {}

    static List<Forgery> all() {
        return List.of(
                new Forgery(
                        LINE,
                        "control: the owner's own is taken",
                        directory -> !new Desk(directory).takes("tenant", TOPIC, "acme", "{}", "{}")),
                new Forgery(
                        LINE,
                        "another service's",
                        directory -> new Desk(directory).takes("billing", TOPIC, "acme", "{}", "{}")),
                new Forgery(
                        LINE,
                        "a value changed after it was signed",
                        directory ->
                                new Desk(directory).takes("tenant", TOPIC, "acme", "{}", "{\"plan\":\"enterprise\"}")),
                new Forgery(
                        LINE,
                        "a key that nobody trusts",
                        directory -> new Desk(directory).takes("stranger", TOPIC, "acme", "{}", "{}")));
    }

    private record Desk(Path directory) {

        boolean takes(String signer, String topic, String key, String signed, String sent) throws IOException {
            Path trusted = Files.createDirectory(directory.resolve("trusted"));
            Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
            boolean known = !signer.equals("stranger");
            SigningKey signing = SigningKey.load(
                    KeyPairFiles.generate(known ? signer : "tenant", directory, known ? trusted : elsewhere));
            TrustedKeys keys = TrustedKeys.load(trusted, InstantSource.system());
            try {
                Class<?> type = Class.forName("io.weir.snapshots.SignedRecord");
                ProducerRecord<?, ?> made = made(type, signing, topic, key, signed);
                ConsumerRecord<String, byte[]> received =
                        new ConsumerRecord<>(topic, 0, 0, key, sent.getBytes(StandardCharsets.UTF_8));
                made.headers().forEach(received.headers()::add);
                Object read = reach(type, "of", ConsumerRecord.class).invoke(null, received);
                reach(type, "verify", SnapshotTopic.class, TrustedKeys.class).invoke(read, SnapshotTopic.TENANTS, keys);
                return true;
            } catch (InvocationTargetException refused) {
                if (refused.getCause() instanceof IllegalArgumentException) {
                    return false;
                }
                throw new IllegalStateException(refused);
            } catch (ReflectiveOperationException changed) {
                throw new IllegalStateException("the record of a snapshot has changed: change this attack", changed);
            }
        }

        private static ProducerRecord<?, ?> made(
                Class<?> type, SigningKey signing, String topic, String key, String value)
                throws ReflectiveOperationException {
            Object record = reach(type, "sign", SigningKey.class, String.class, String.class, long.class, byte[].class)
                    .invoke(
                            null,
                            signing,
                            SnapshotTopic.TENANTS.suffix(),
                            key,
                            1L,
                            value.getBytes(StandardCharsets.UTF_8));
            return (ProducerRecord<?, ?>)
                    reach(type, "toProducerRecord", String.class).invoke(record, topic);
        }

        private static Method reach(Class<?> type, String name, Class<?>... parameters) throws NoSuchMethodException {
            Method method = type.getDeclaredMethod(name, parameters);
            method.setAccessible(true);
            return method;
        }
    }
}
