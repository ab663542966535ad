package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.journal.WriteAheadFile;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

class NeighboursTests {

    private static final Duration AFTER = Duration.ofMinutes(1);
    private static final long SECOND = 1_000_000_000;

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<PendingRecord> handedOut = new ArrayList<>();
    private volatile Mono<Void> drained = Mono.empty();
    private Neighbours neighbours;

    private Neighbours neighbours() {
        SpillNotice notice = new SpillNotice() {
            @Override
            public Mono<Void> begin() {
                return Mono.empty();
            }

            @Override
            public Mono<Void> end() {
                return Mono.empty();
            }

            @Override
            public Mono<Void> drained(String producer) {
                return Mono.defer(() -> drained);
            }
        };
        return new Neighbours(
                new SpoolOptions(directory.resolve("own"), 1 << 20, true, AFTER, AFTER),
                "t",
                new AtomicLong(Long.MIN_VALUE),
                notice,
                new LedgerMeters(meters, () -> 0));
    }

    @BeforeEach
    void begin() {
        neighbours = neighbours();
    }

    @AfterEach
    void close() {
        neighbours.close();
    }

    private Path leave(String producer) throws IOException, InterruptedException {
        Released released = new Released("r", new TenantId(new UUID(1, 1)), "k", "test");
        UsageRecord usage =
                new UsageRecord("id", "orchestration", Instant.EPOCH, released.tenantId(), producer, 1, 7, released);
        return leave(producer, SpooledRecord.write(new ProducerRecord<>("t", 0, "key", LedgerCodec.write(usage))));
    }

    private Path leave(String producer, byte[] content) throws IOException, InterruptedException {
        Path left = directory.resolve(producer);
        try (WriteAheadFile file = WriteAheadFile.open(left, 1 << 20)) {
            CountDownLatch durable = new CountDownLatch(1);
            file.append(content, durable::countDown, () -> {});
            assertThat(durable.await(20, TimeUnit.SECONDS)).isTrue();
        }
        return left;
    }

    private void takeOver() {
        neighbours.look(0);
        neighbours.look(AFTER.toNanos());
        neighbours.goOn(AFTER.toNanos(), handedOut::add);
    }

    private boolean isTaken(Path left) throws IOException {
        return !WriteAheadFile.isAbandoned(left);
    }

    @Test
    void oneThatCannotBeReadKeepsNothingFromTheOthers() throws Exception {
        for (int i = 0; i < 10; i++) {
            Files.createDirectories(directory.resolve("unreadable-" + i).resolve("lock"));
        }
        leave("good");
        takeOver();
        assertThat(handedOut).hasSize(1);
    }

    @Test
    void whoBeatsIsNotTakenOverWhereItsLockKeepsNobodyOut() throws Exception {
        Path lock = leave("lives").resolve("lock");
        neighbours.look(0);
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().plusSeconds(3_600)));
        neighbours.look(AFTER.toNanos());
        neighbours.goOn(AFTER.toNanos(), handedOut::add);
        assertThat(handedOut).isEmpty();
        neighbours.look(2 * AFTER.toNanos());
        neighbours.goOn(2 * AFTER.toNanos(), handedOut::add);
        assertThat(handedOut).as("it beats no more").hasSize(1);
    }

    @Test
    void whatTheBrokerDoesNotTakeIsLetGoForItsOwner() throws Exception {
        Path left = leave("gone");
        takeOver();
        assertThat(handedOut).hasSize(1);
        neighbours.goOn(AFTER.toNanos() + 9 * SECOND, handedOut::add);
        assertThat(isTaken(left)).isTrue();
        neighbours.goOn(AFTER.toNanos() + 10 * SECOND, handedOut::add);
        assertThat(isTaken(left)).isFalse();
        handedOut.forEach(PendingRecord::over);
        try (WriteAheadFile own = WriteAheadFile.open(left, 1 << 20)) {
            assertThat(own.takeLeft()).hasSize(1);
        }
    }

    // Its segment stays for the others, and it in that.
    @Test
    void whatIsOfNoKnownFormIsSetAsideAndCountedOnceHoweverOftenItIsTakenOver() throws Exception {
        byte[] unknown = {1, 2, 3};
        Path left = leave("gone", unknown);
        Path segment = left.resolve("0000000000000000000.wal");
        byte[] records = Files.readAllBytes(segment);
        for (int time = 0; time < 3; time++) {
            Files.write(segment, records);
            takeOver();
            neighbours.close();
        }
        try (Stream<Path> files = Files.list(left)) {
            assertThat(files.filter(file -> file.toString().endsWith(".damaged")))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasBinaryContent(unknown));
        }
        assertThat(meters.counter("weir.ledger.lost").count()).isEqualTo(1);
    }

    @Test
    void whatNobodyCanBeToldOfIsLetGoForItsOwnerButNotWhileTheyAreBeingTold() throws Exception {
        Path left = leave("gone");
        drained = Mono.never();
        takeOver();
        handedOut.forEach(PendingRecord::over);
        neighbours.goOn(AFTER.toNanos() + 2 * SECOND, handedOut::add);
        neighbours.goOn(AFTER.toNanos() + 30 * SECOND, handedOut::add);
        assertThat(isTaken(left)).isTrue();
        neighbours.close();

        drained = Mono.error(new IOException("the database is away"));
        begin();
        takeOver();
        handedOut.forEach(PendingRecord::over);
        neighbours.goOn(AFTER.toNanos() + 2 * SECOND, handedOut::add);
        neighbours.goOn(AFTER.toNanos() + 13 * SECOND, handedOut::add);
        assertThat(isTaken(left)).isFalse();
    }

    @Test
    void oneThatIsDeliveredAndToldOfIsRemoved() throws Exception {
        Path left = leave("gone");
        takeOver();
        handedOut.forEach(PendingRecord::over);
        neighbours.goOn(AFTER.toNanos() + SECOND, handedOut::add);
        neighbours.goOn(AFTER.toNanos() + 2 * SECOND, handedOut::add);
        Eventually.passes(() -> assertThat(left).doesNotExist());
    }
}
