package io.weir.audit.journal;

import io.weir.audit.AuditEntry;
import io.weir.audit.AuditSource;
import io.weir.audit.AuditTopic;
import io.weir.kafka.KafkaProperties;
import io.weir.tenancy.TenantId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import reactor.core.publisher.Flux;

/// Appends until it is killed, and prints the target of each event that it was told is recorded. Its
/// broker is away.
final class JournalWriterProcess {

    private JournalWriterProcess() {}

    public static void main(String[] arguments) {
        KafkaProperties nowhere = new KafkaProperties("127.0.0.1:1", "x.", (short) 1, Map.of());
        AuditSource source = new AuditSource("gateway", InstantSource.system(), new SecureRandom());
        AuditJournal journal =
                new AuditJournal(Path.of(arguments[0]), 1L << 30, source, AuditTopic.open(nowhere, "gateway"));
        journal.start();
        Flux.range(0, Integer.MAX_VALUE)
                .flatMap(
                        i -> journal.append(TenantId.PLATFORM, AuditEntry.done("test.append", "event-" + i))
                                .thenReturn("event-" + i),
                        64)
                .doOnNext(System.out::println)
                .blockLast(Duration.ofMinutes(2));
    }
}
