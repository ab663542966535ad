package io.weir.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.audit.AuditCodec;
import io.weir.audit.AuditEntry;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditSource;
import io.weir.audit.AuditTopic;
import io.weir.audit.TopicReading;
import io.weir.kafka.KafkaProperties;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class AuditJournalIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final KafkaProperties NOWHERE = new KafkaProperties("127.0.0.1:1", "x.", (short) 1, Map.of());

    @TempDir
    private Path directory;

    @Test
    void aKilledWriterLosesNothingThatItSaidWasRecorded() throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JournalWriterProcess.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Set<String> told = new HashSet<>();
        try (BufferedReader out = writer.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            while (line != null) {
                if (line.startsWith("event-") && Character.isDigit(line.charAt(line.length() - 1))) {
                    told.add(line);
                }
                if (told.size() == 3_000) {
                    writer.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        } finally {
            writer.toHandle().destroyForcibly();
        }
        writer.waitFor();
        // The last line that arrived may be cut in half by the kill, never lengthened: its prefix names another event.
        List<AuditEvent> found = JournalReading.all(directory).stream()
                .map(text -> AuditCodec.read(text.getBytes(StandardCharsets.UTF_8)))
                .toList();
        assertThat(told).hasSizeGreaterThanOrEqualTo(3_000);
        assertThat(found.stream().map(event -> event.what().target())).containsAll(told);
        assertThat(found.stream().map(AuditEvent::sequence).toList())
                .as("numbers without a gap")
                .isEqualTo(java.util.stream.LongStream.rangeClosed(1, found.size())
                        .boxed()
                        .toList());
    }

    @Test
    void stoppingTheBrokerUnderLoadLosesNone(@TempDir Path data) throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(data)) {
            KafkaProperties kafka =
                    new KafkaProperties(broker.bootstrap(), Infrastructure.freshName("j") + ".", (short) 1, Map.of());
            TopicReading.create(kafka);
            try (AuditTopic topic = AuditTopic.open(kafka, "gateway")) {
                AuditJournal journal = journal(topic, 64 << 20);
                journal.start();
                Set<String> told = new HashSet<>();
                append(journal, "before", 300, told);
                broker.kill();
                append(journal, "while", 300, told);
                assertThat(journal.size()).isPositive();
                Eventually.passes(
                        PATIENCE, () -> assertThat(journal.waitingSeconds()).isPositive());
                // A restart while it is away loses nothing either.
                journal.stop();
                AuditJournal next = journal(topic, 64 << 20);
                next.start();
                append(next, "after", 10, told);
                broker.start();
                Eventually.passes(PATIENCE, () -> assertThat(next.size()).isZero());
                next.stop();
                List<AuditEvent> arrived = TopicReading.all(kafka);
                assertThat(arrived.stream().map(event -> event.what().target()).toList())
                        .containsAll(told);
                assertThat(told).hasSize(610);
                assertThat(next.waitingSeconds()).isZero();
            }
        }
    }

    @Test
    void aFullJournalRefusesAndSaysSo() {
        try (AuditTopic topic = AuditTopic.open(NOWHERE, "gateway")) {
            AuditJournal journal = journal(topic, 100_000);
            journal.start();
            List<Throwable> failures = new ArrayList<>();
            for (int i = 0; i < 400 && failures.isEmpty(); i++) {
                journal.append(TenantId.PLATFORM, AuditEntry.done("test.append", "event-" + i))
                        .onErrorResume(failure -> {
                            failures.add(failure);
                            return reactor.core.publisher.Mono.empty();
                        })
                        .block(PATIENCE);
            }
            assertThat(failures).singleElement().isInstanceOfSatisfying(PlatformException.class, refused -> {
                assertThat(refused.type()).isEqualTo(ProblemType.AUDIT_UNAVAILABLE);
                assertThat(refused).hasMessageContaining("Nothing was changed");
            });
            assertThat(journal.refused()).isEqualTo(1);
            assertThat(journal.size()).isLessThan(100_000);
            journal.stop();
            StepVerifier.create(journal.append(TenantId.PLATFORM, AuditEntry.done("test.append", "late")))
                    .expectError(PlatformException.class)
                    .verify(PATIENCE);
        }
    }

    @Test
    void aDirectoryThatIsTakenStopsTheStart() {
        try (AuditTopic topic = AuditTopic.open(NOWHERE, "gateway")) {
            AuditJournal first = journal(topic, 1 << 20);
            first.start();
            assertThatThrownBy(() -> journal(topic, 1 << 20).start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("weir.audit.journal-directory");
            first.stop();
        }
    }

    private AuditJournal journal(AuditTopic topic, long mostBytes) {
        return new AuditJournal(
                directory, mostBytes, new AuditSource("gateway", InstantSource.system(), new SecureRandom()), topic);
    }

    private static void append(AuditJournal journal, String name, int count, Set<String> told) {
        told.addAll(Flux.range(0, count)
                .flatMap(
                        i -> journal.append(TenantId.PLATFORM, AuditEntry.done("test.append", name + i))
                                .thenReturn(name + i),
                        32)
                .collectList()
                .block(PATIENCE));
    }
}
