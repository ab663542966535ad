package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicCreation;
import io.weir.kafka.TopicSpec;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a process said is kept arrives, in order and without a hole, however often it is killed.
class SpoolCrashIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final Queue<String> kept = new ConcurrentLinkedQueue<>();

    @Test
    void killsDuringAppendsAndDuringDrainingLoseAndDoubleNothing() throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(directory.resolve("kafka"))) {
            KafkaProperties kafka = LedgerTopic.properties(broker.bootstrap());
            TopicCreation topics =
                    new TopicCreation(kafka, List.of(TopicSpec.retained(LedgerWriter.TOPIC, 3, Duration.ofDays(1))));
            topics.start();
            Child first = child(kafka, "first");
            first.awaitKept(300);
            first.kill();

            Child second = child(kafka, "second");
            second.awaitKept(100);
            broker.kill();
            second.awaitKept(600);
            second.kill();
            // Its file is taken over, and added to as soon as there is a broker.
            Child third = child(kafka, "third");
            third.process
                    .onExit()
                    .orTimeout(2, java.util.concurrent.TimeUnit.SECONDS)
                    .exceptionally(running -> null)
                    .join();
            assertThat(third.process.isAlive()).isTrue();
            third.kill();

            broker.start();
            for (int i = 0; i < 3; i++) {
                Child draining = child(kafka, "draining" + i);
                draining.awaitStarted();
                draining.process
                        .onExit()
                        .orTimeout(20 + 60L * i, java.util.concurrent.TimeUnit.MILLISECONDS)
                        .exceptionally(running -> null)
                        .join();
                draining.kill();
            }
            LedgerWriter last = SpoolingProducer.writer(kafka.bootstrapServers(), kafka.topicPrefix(), spool());
            Eventually.passes(PATIENCE, () -> assertThat(last.isAvailable()).isTrue());
            last.close();
            topics.stop();
            assertAllKeptOnceInOrder(LedgerTopic.read(kafka));
        }
    }

    private Path spool() {
        return directory.resolve("spool");
    }

    private void assertAllKeptOnceInOrder(List<ConsumerRecord<String, byte[]>> records) {
        Map<String, UsageRecord> byId = new HashMap<>();
        Map<String, TreeSet<Long>> sequences = new HashMap<>();
        Map<String, Long> highest = new HashMap<>();
        int duplicates = 0;
        for (ConsumerRecord<String, byte[]> found : records) {
            UsageRecord usage = LedgerCodec.read(found.value());
            String lane = usage.producerepoch() + "/" + found.partition();
            UsageRecord before = byId.put(usage.id(), usage);
            if (before == null) {
                // In order, apart from what came before.
                assertThat(usage.producersequence()).as(lane).isEqualTo(highest.getOrDefault(lane, -1L) + 1);
                highest.put(lane, usage.producersequence());
            } else {
                duplicates++;
                assertThat(usage).as("the same event").isEqualTo(before);
            }
            sequences.computeIfAbsent(lane, key -> new TreeSet<>()).add(usage.producersequence());
        }
        sequences.forEach((lane, seen) -> assertThat(seen).as(lane).hasSize((int) (seen.last() + 1)));
        Set<String> missing = new TreeSet<>(kept);
        missing.removeAll(byId.keySet());
        assertThat(missing)
                .as("kept and lost; %s kept, %s doubled", kept.size(), duplicates)
                .isEmpty();
        assertThat(kept).hasSizeGreaterThan(900);
    }

    private Child child(KafkaProperties kafka, String run) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        SpoolingProducer.class.getName(),
                        kafka.bootstrapServers(),
                        kafka.topicPrefix(),
                        spool().toString(),
                        run)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Child(process, kept);
    }

    private static final class Child {

        private final Process process;
        private final Thread reader;
        private final List<String> lines = java.util.Collections.synchronizedList(new ArrayList<>());

        Child(Process process, Queue<String> kept) {
            this.process = process;
            this.reader = Thread.ofVirtual().start(() -> read(kept));
        }

        // A line that the kill tore is no promise.
        private void read(Queue<String> kept) {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                out.lines().forEach(line -> {
                    lines.add(line);
                    if (line.startsWith("kept ") && line.endsWith("/held")) {
                        kept.add(line.substring(5));
                    }
                });
            } catch (IOException | java.io.UncheckedIOException killed) {
                lines.add("killed");
            }
        }

        void awaitStarted() {
            Eventually.passes(PATIENCE, () -> assertThat(lines).contains("started"));
        }

        void awaitKept(int count) {
            Eventually.passes(
                    PATIENCE,
                    () -> assertThat(lines.stream()
                                    .filter(line -> line.startsWith("kept"))
                                    .count())
                            .as(lines.isEmpty() ? "nothing" : lines.getLast())
                            .isGreaterThan(count));
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
            reader.join(10_000);
        }
    }
}
