package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

class SpoolTests {

    private static final TenantId TENANT = new TenantId(new UUID(1, 1));

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Told told = new Told();
    private final List<Spool> opened = new ArrayList<>();

    /// Answers as it is told to.
    private static final class Told implements SpillNotice {

        private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
        private volatile Mono<Void> answer = Mono.empty();

        @Override
        public Mono<Void> begin() {
            return Mono.defer(() -> {
                asked.add("begin");
                return answer;
            });
        }

        @Override
        public Mono<Void> end() {
            return Mono.defer(() -> {
                asked.add("end");
                return answer;
            });
        }
    }

    /// An event, and what its caller was told.
    private record Waiting(PendingRecord pending, AtomicReference<String> answer) {}

    @AfterEach
    void close() {
        opened.forEach(Spool::close);
    }

    private Spool spool(long maxBytes, boolean durable) {
        Spool spool = Spool.open(
                new SpoolOptions(directory.resolve("spool"), maxBytes, durable, Duration.ofMillis(700)),
                told,
                new LedgerMeters(meters, () -> 0));
        opened.add(spool);
        return spool;
    }

    private Spool spool() {
        return spool(1 << 20, true);
    }

    private static Waiting waiting(UsageEvent event, int bytes) {
        AtomicReference<String> answer = new AtomicReference<>("none");
        AtomicReference<PendingRecord> made = new AtomicReference<>();
        Mono.<Void>create(caller -> made.set(new PendingRecord(
                        "id",
                        event,
                        0,
                        0,
                        () -> new ProducerRecord<>("t", 0, "key", new byte[bytes]),
                        caller,
                        System.nanoTime(),
                        System.nanoTime())))
                .subscribe(ignored -> {}, failure -> answer.set("failed"), () -> answer.set("kept"));
        return new Waiting(made.get(), answer);
    }

    private static InFlight inFlight(Waiting... all) {
        InFlight inFlight = new InFlight();
        for (Waiting waiting : all) {
            inFlight.add(waiting.pending());
        }
        return inFlight;
    }

    private static Waiting settlement() {
        return waiting(new Released("r", TENANT, "k", "test"), 100);
    }

    private static Waiting newCall() {
        return waiting(
                new Held("r", TENANT, "k", "m", "openai", "m", Amount.of("0.1"), Instant.EPOCH, null, null), 100);
    }

    private static void awaitKept(Waiting waiting) {
        Eventually.passes(() -> assertThat(waiting.answer().get()).isEqualTo("kept"));
    }

    private void awaitWritten(int inAll, int stillThere) {
        Eventually.passes(() -> {
            assertThat(meters.counter("weir.ledger.file.kept").count()).isEqualTo(inAll);
            assertThat(bytesOnDisk()).isGreaterThanOrEqualTo(100L * stillThere);
        });
    }

    private long bytesOnDisk() {
        File[] segments = directory.resolve("spool").toFile().listFiles((in, name) -> name.endsWith(".wal"));
        return Stream.of(Objects.requireNonNull(segments))
                .mapToLong(File::length)
                .sum();
    }

    // As the writer's timer does.
    private void tellUntil(Spool spool, String... all) {
        Eventually.passes(() -> {
            spool.tellWhenDue();
            assertThat(told.asked).containsExactly(all);
        });
    }

    @Test
    void atTheStartOthersAreToldThatNothingIsLeft() {
        Spool spool = spool();
        tellUntil(spool, "end");
        spool.tellWhenDue();
        assertThat(told.asked).containsExactly("end");
    }

    @Test
    void nothingCountsAsKeptBeforeOthersKnow() {
        Spool spool = spool();
        Waiting before = settlement();
        spool.activate(inFlight(before));
        Waiting after = newCall();
        spool.keep(after.pending());
        awaitWritten(2, 2);
        assertThat(before.answer().get()).isEqualTo("none");

        spool.tellWhenDue();
        awaitKept(before);
        awaitKept(after);
        assertThat(told.asked).containsExactly("begin");
        spool.deactivate();
        spool.tellWhenDue();
        assertThat(told.asked).as("still in the file").containsExactly("begin");
        spool.done(before.pending());
        spool.done(after.pending());
        tellUntil(spool, "begin", "end");
    }

    @Test
    void aBeginningThatSeemedToFailIsTakenBackOnceTheFileIsEmpty() {
        Spool spool = spool();
        tellUntil(spool, "end");
        told.answer = Mono.error(new IOException("too slow"));
        Waiting waiting = settlement();
        spool.activate(inFlight(waiting));
        spool.tellWhenDue();
        assertThat(told.asked).containsExactly("end", "begin");
        spool.deactivate();
        spool.done(waiting.pending());
        told.answer = Mono.empty();
        tellUntil(spool, "end", "begin", "end");
        assertThat(waiting.answer().get()).isEqualTo("none");
    }

    @Test
    void afterAnEndThatSeemedToFailNothingCountsBeforeOthersAreToldAgain() {
        Spool spool = spool();
        Waiting first = settlement();
        spool.activate(inFlight(first));
        spool.tellWhenDue();
        awaitKept(first);
        spool.deactivate();
        spool.done(first.pending());
        told.answer = Mono.error(new IOException("too slow"));
        tellUntil(spool, "begin", "end");

        Waiting second = settlement();
        spool.activate(inFlight(second));
        awaitWritten(2, 1);
        assertThat(second.answer().get()).isEqualTo("none");
        told.answer = Mono.empty();
        tellUntil(spool, "begin", "end", "begin");
        awaitKept(second);
    }

    @Test
    void aFileThatMayVanishKeepsRunningCallsOnlyAndNobodyIsToldOfIt() {
        Spool spool = spool(1 << 20, false);
        tellUntil(spool, "end");
        Waiting running = settlement();
        Waiting starting = newCall();
        spool.activate(inFlight(running, starting));
        spool.tellWhenDue();
        awaitKept(running);
        awaitWritten(2, 2);
        assertThat(starting.answer().get()).isEqualTo("none");
        assertThat(spool.takesNewCalls()).isFalse();
        assertThat(spool.isWorking()).isTrue();
        assertThat(told.asked).containsExactly("end");
    }

    @Test
    void afterOneThatDidNotFitNothingGoesInUntilItIsActivatedAnew() {
        Spool spool = spool(64 * 1024, true);
        tellUntil(spool, "end");
        Waiting large = waiting(new Released("r", TENANT, "k", "test"), 60_000);
        Waiting tooMuch = waiting(new Released("r", TENANT, "k", "test"), 10_000);
        Waiting small = settlement();
        spool.activate(inFlight(large, tooMuch, small));
        spool.tellWhenDue();
        awaitKept(large);
        assertThat(spool.takesNewCalls()).isFalse();
        assertThat(List.of(tooMuch.answer().get(), small.answer().get())).containsOnly("none");
        spool.deactivate();
        large.pending().over();
        spool.done(large.pending());
        // What the gauge asks must outlive a collection.
        System.gc();
        Eventually.passes(() ->
                assertThat(meters.get("weir.ledger.file.bytes").gauge().value()).isZero());
        spool.activate(inFlight(large, tooMuch, small));
        spool.tellWhenDue();
        awaitKept(tooMuch);
        awaitKept(small);
        assertThat(meters.counter("weir.ledger.file.kept").count()).isEqualTo(3);
    }

    @Test
    void oneThatCannotBeWrittenOutKeepsTheFileFromBeingInUseNoLongerThanTheOthers() {
        Spool spool = spool();
        PendingRecord unwritable = new PendingRecord(
                "id",
                new Released("r", TENANT, "k", "test"),
                0,
                0,
                () -> {
                    throw new IllegalStateException("of a test");
                },
                null,
                System.nanoTime(),
                System.nanoTime());
        Waiting waiting = settlement();
        InFlight inFlight = inFlight(waiting);
        spool.keep(unwritable);
        spool.activate(inFlight);
        spool.tellWhenDue();
        awaitKept(waiting);
        spool.deactivate();
        spool.done(unwritable);
        spool.done(waiting.pending());
        tellUntil(spool, "begin", "end");
    }

    @Test
    void whatIsLeftIsTakenAndTheFileIsInUseUntilItIsDelivered() {
        Spool first = spool();
        Waiting waiting = settlement();
        first.activate(inFlight(waiting));
        first.tellWhenDue();
        awaitKept(waiting);
        first.close();
        told.asked.clear();

        Spool next = spool();
        Estate left = next.left("t", new AtomicLong(-5));
        List<PendingRecord> inherited = new ArrayList<>();
        long handedOut = System.nanoTime();
        left.handOut(inherited::add);
        next.tellWhenDue();
        assertThat(told.asked).isEmpty();
        assertThat(inherited).singleElement().satisfies(record -> {
            assertThat(record.sequence()).isEqualTo(-5);
            assertThat(record.age(handedOut)).as("counts from then").isNotPositive();
            assertThat(record.record().value()).hasSize(100);
            next.tellWhenDue();
            assertThat(told.asked).isEmpty();
            record.over();
        });
        assertThat(left.isDelivered()).isTrue();
        tellUntil(next, "end");
        assertThat(meters.counter("weir.ledger.file.recovered").count()).isEqualTo(1);
    }

    @Test
    void whatIsOverIsDroppedAlsoBehindOneThatIsStuck() {
        Waiting stuck = settlement();
        Waiting over = settlement();
        InFlight inFlight = inFlight(stuck, over, settlement());
        over.pending().over();
        inFlight.dropAllOver();
        assertThat(inFlight.count()).isEqualTo(2);
    }

    @Test
    void aDirectoryThatCannotBeUsedIsNamed() throws IOException {
        Files.writeString(directory.resolve("spool"), "a file");
        assertThatThrownBy(this::spool)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(directory.resolve("spool").toString());
    }
}
