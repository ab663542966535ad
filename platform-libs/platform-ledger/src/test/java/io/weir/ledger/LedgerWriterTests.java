package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kafka.RecordSender;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.journal.WriteAheadFile;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

class LedgerWriterTests {

    private static final String TOPIC = "t";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));
    private static final Node NODE = new Node(0, "broker", 9092);

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final List<LedgerWriter> writers = new ArrayList<>();
    private final Told told = new Told();
    private volatile boolean answers = true;
    private volatile int partitions = 1;
    private volatile @Nullable RuntimeException refusing;
    private volatile boolean unresolvable;
    private final List<Thread> asked = new CopyOnWriteArrayList<>();

    /// A broker client that gives back what it has not delivered when it is closed, as the real one does.
    private static final class Client extends MockProducer<String, byte[]> {

        private final LedgerWriterTests test;

        Client(LedgerWriterTests test) {
            super(cluster(3), test.answers, null, new StringSerializer(), new ByteArraySerializer());
            this.test = test;
            this.sendException = test.refusing;
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic) {
            return cluster(test.partitions).partitionsForTopic(topic);
        }

        /// From now on, whatever it is given.
        synchronized void fail(RuntimeException failure) {
            sendException = failure;
            giveBack(failure);
        }

        private void giveBack(RuntimeException failure) {
            boolean more = true;
            while (more) {
                more = errorNext(failure);
            }
        }

        @Override
        public void close(Duration limit) {
            giveBack(new KafkaException("closed"));
            super.close(limit);
        }

        List<UsageRecord> events() {
            return history().stream()
                    .map(sent -> LedgerCodec.read(sent.value()))
                    .filter(usage -> usage.data() instanceof OfRequest)
                    .toList();
        }
    }

    private static Cluster cluster(int partitions) {
        List<PartitionInfo> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new PartitionInfo(TOPIC, partition, NODE, new Node[] {NODE}, new Node[] {NODE}))
                .toList();
        return new Cluster("cluster", List.of(NODE), all, java.util.Set.of(), java.util.Set.of());
    }

    private static final class Told implements SpillNotice {

        private final Queue<String> asked = new ConcurrentLinkedQueue<>();
        private volatile Mono<Void> afterDrained = Mono.empty();

        private Mono<Void> note(String what) {
            return Mono.fromRunnable(() -> asked.add(what));
        }

        @Override
        public Mono<Void> begin() {
            return note("begin");
        }

        @Override
        public Mono<Void> end() {
            return note("end");
        }

        @Override
        public Mono<Void> drained(String producer) {
            return note("drained " + producer).then(afterDrained);
        }
    }

    @AfterEach
    void close() {
        writers.forEach(LedgerWriter::close);
    }

    private LedgerWriter writer(@Nullable SpoolOptions spool) {
        return writer(spool, PATIENCE, InstantSource.system());
    }

    private LedgerWriter writer(@Nullable SpoolOptions spool, Duration limit, InstantSource clock) {
        LedgerWriterOptions options = new LedgerWriterOptions(
                "orchestration",
                "own",
                limit,
                limit,
                Duration.ofMillis(1_500),
                Duration.ofDays(1),
                Duration.ofMillis(500));
        RecordSender sender = RecordSender.over(
                () -> {
                    asked.add(Thread.currentThread());
                    if (unresolvable) {
                        throw new KafkaException("no bootstrap server has an address");
                    }
                    Client client = new Client(this);
                    clients.add(client);
                    return client;
                },
                "test");
        LedgerWriter writer = LedgerWriter.start(options, spool, told, TOPIC, sender, clock, meters);
        writers.add(writer);
        return writer;
    }

    private LedgerWriter available(@Nullable SpoolOptions spool) {
        LedgerWriter writer = writer(spool);
        Eventually.passes(PATIENCE, () -> assertThat(writer.isAvailable()).isTrue());
        return writer;
    }

    private SpoolOptions spool() {
        return new SpoolOptions(
                directory.resolve("own"), 1 << 20, true, Duration.ofMillis(100), Duration.ofMillis(100));
    }

    private static Released released(String request) {
        return new Released(request, TENANT, "k", "test");
    }

    private static AtomicReference<@Nullable Object> append(LedgerWriter writer, String request) {
        AtomicReference<@Nullable Object> answer = new AtomicReference<>();
        writer.append(released(request), Instant.EPOCH).subscribe(ignored -> {}, answer::set, () -> answer.set("kept"));
        return answer;
    }

    private static List<String> requests(Client client) {
        return client.events().stream()
                .map(usage -> ((OfRequest) usage.data()).requestId())
                .toList();
    }

    private double count(String meter) {
        return meters.counter(meter).count();
    }

    @Test
    void whatAClientThatFailedForGoodHasNotDeliveredTheNextOneDoesInOrder() {
        answers = false;
        LedgerWriter writer = writer(null);
        // The probe, which lets it go on.
        Eventually.passes(
                PATIENCE, () -> assertThat(clients.getFirst().completeNext()).isTrue());
        List<AtomicReference<@Nullable Object>> told = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            told.add(append(writer, "r" + i));
        }
        Client first = clients.getFirst();
        Eventually.passes(PATIENCE, () -> assertThat(requests(first)).hasSize(5));
        answers = true;
        first.fail(new ClusterAuthorizationException("for good"));
        Eventually.passes(
                PATIENCE,
                () -> assertThat(told)
                        .allSatisfy(answer -> assertThat(answer.get()).isEqualTo("kept")));
        assertThat(requests(clients.getLast())).containsExactly("r0", "r1", "r2", "r3", "r4");
        assertThat(clients.getLast().events().stream().map(UsageRecord::producersequence))
                .isSorted();
        assertThat(count("weir.ledger.lost")).isZero();
        assertThat(count("weir.ledger.client.replaced")).isEqualTo(1);
    }

    @Test
    void aClientThatFailedSendsNothingThatIsBehind() {
        answers = false;
        LedgerWriter writer = writer(null);
        Eventually.passes(
                PATIENCE, () -> assertThat(clients.getFirst().completeNext()).isTrue());
        for (int i = 0; i < 3; i++) {
            append(writer, "r" + i);
        }
        Client first = clients.getFirst();
        Eventually.passes(PATIENCE, () -> assertThat(requests(first)).hasSize(3));
        answers = true;
        assertThat(first.errorNext(new UnknownServerException("at one batch"))).isTrue();
        assertThat(first.completeNext()).as("what is behind it").isFalse();
        assertThat(first.closed()).isTrue();
        Eventually.passes(
                PATIENCE, () -> assertThat(requests(clients.getLast())).containsExactly("r0", "r1", "r2"));
    }

    @Test
    void whileNoOtherClientCanBeMadeTheSendingThreadLives() {
        LedgerWriter writer = available(null);
        unresolvable = true;
        clients.getFirst().fail(new ClusterAuthorizationException("for good"));
        AtomicReference<@Nullable Object> answer = append(writer, "r");
        Eventually.passes(PATIENCE, () -> assertThat(asked).hasSizeGreaterThan(3));
        unresolvable = false;
        Eventually.passes(PATIENCE, () -> assertThat(answer.get()).isEqualTo("kept"));
        assertThat(asked.stream().skip(1).distinct()).hasSize(1);
    }

    @Test
    void whileNoClientMayWriteEventsGoIntoTheFileAndNoneIsLost() {
        LedgerWriter writer = available(spool());
        // So is each that follows.
        refusing = new TopicAuthorizationException(TOPIC);
        clients.getFirst().fail(refusing);
        AtomicReference<@Nullable Object> kept = append(writer, "r");
        Eventually.passes(PATIENCE, () -> assertThat(kept.get()).isEqualTo("kept"));
        assertThat(told.asked).contains("begin");
        assertThat(writer.isAvailable()).isFalse();
        Eventually.passes(PATIENCE, () -> assertThat(clients).hasSizeGreaterThan(3));
        refusing = null;
        Eventually.passes(PATIENCE, () -> assertThat(writer.isAvailable()).isTrue());
        Eventually.passes(PATIENCE, () -> assertThat(told.asked).endsWith("end"));
        assertThat(requests(clients.getLast())).containsExactly("r");
        assertThat(count("weir.ledger.lost")).isZero();
    }

    @Test
    void anEventThatNoBrokerTakesIsSetAsideAndTheFileEmptiesAllTheSame() throws IOException {
        answers = false;
        LedgerWriter writer = writer(spool());
        Eventually.passes(
                PATIENCE, () -> assertThat(clients.getFirst().completeNext()).isTrue());
        AtomicReference<@Nullable Object> kept = append(writer, "large");
        Eventually.passes(PATIENCE, () -> assertThat(kept.get()).isEqualTo("kept"));
        assertThat(told.asked).contains("begin");
        clients.getFirst().giveBack(new RecordTooLargeException("more than the topic takes"));
        Eventually.passes(PATIENCE, () -> {
            // Ticks, which it takes.
            clients.getFirst().completeNext();
            assertThat(told.asked).endsWith("end");
        });
        assertThat(damaged("own")).isPositive();
        assertThat(count("weir.ledger.lost")).isPositive();
        assertThat(clients).as("nothing is wrong with it").hasSize(1);
    }

    private long damaged(String producer) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(producer))) {
            return files.filter(file -> file.toString().endsWith(".damaged")).count();
        }
    }

    @Test
    void whoWaitedInVainIsToldWhenItArrivesAfterAll() {
        answers = false;
        LedgerWriter writer = writer(null, Duration.ofMillis(300), InstantSource.system());
        Eventually.passes(
                PATIENCE, () -> assertThat(clients.getFirst().completeNext()).isTrue());
        AtomicReference<@Nullable Object> answer = append(writer, "r");
        Eventually.passes(PATIENCE, () -> assertThat(answer.get()).isInstanceOf(LedgerUnavailableException.class));
        CountDownLatch arrived = new CountDownLatch(1);
        ((LedgerUnavailableException) Objects.requireNonNull(answer.get()))
                .arrival()
                .subscribe(ignored -> {}, failure -> {}, arrived::countDown);
        assertThat(arrived.getCount()).isEqualTo(1);
        Eventually.passes(PATIENCE, () -> {
            clients.getFirst().completeNext();
            assertThat(arrived.await(1, TimeUnit.MILLISECONDS)).isTrue();
        });
    }

    @Test
    void whatIsRefusedAtOnceNeverArrives() {
        partitions = 0;
        AtomicReference<@Nullable Object> answer = append(writer(null), "r");
        AtomicReference<@Nullable Object> arrival = new AtomicReference<>();
        ((LedgerUnavailableException) Objects.requireNonNull(answer.get()))
                .arrival()
                .subscribe(ignored -> {}, arrival::set);
        assertThat(arrival.get()).isSameAs(answer.get());
    }

    @Test
    void partitionsThatAreAddedAreWrittenToOnlyWhereThatIsAskedFor() {
        LedgerWriter writer = available(null);
        partitions = 3;
        Eventually.passes(
                PATIENCE,
                () -> writer.appendTo(2, released("there"), Instant.EPOCH).block(PATIENCE));
        for (int i = 0; i < 20; i++) {
            Released any = new Released("r" + i, new TenantId(new UUID(i, i)), "k", "test");
            writer.append(any, Instant.EPOCH).block(PATIENCE);
        }
        assertThat(clients.getFirst().history().stream()
                        .filter(sent -> LedgerCodec.read(sent.value()).data() instanceof OfRequest)
                        .map(ProducerRecord::partition))
                .containsOnlyOnce(2)
                .contains(0)
                .doesNotContain(1);
    }

    private void leave(Path of, byte[]... contents) throws IOException, InterruptedException {
        try (WriteAheadFile file = WriteAheadFile.open(of, 1 << 20)) {
            CountDownLatch durable = new CountDownLatch(contents.length);
            for (byte[] content : contents) {
                file.append(content, durable::countDown, durable::countDown);
            }
            assertThat(durable.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static byte[] left(String request, int partition) {
        UsageRecord usage =
                new UsageRecord(request, "orchestration", Instant.EPOCH, TENANT, "other", 1, 7, released(request));
        return SpooledRecord.write(new ProducerRecord<>(TOPIC, partition, "key", LedgerCodec.write(usage)));
    }

    @Test
    void whatAProcessLeftThatDoesNotComeBackIsDeliveredAndItsFileIsGone() throws Exception {
        Path gone = directory.resolve("orchestration-gone-8080");
        Path busy = directory.resolve("orchestration-busy-8080");
        leave(gone, left("first", 0), left("second", 0));
        leave(busy, left("not ours", 0));
        try (WriteAheadFile held = WriteAheadFile.open(busy, 1 << 20)) {
            LedgerWriter writer = available(spool());
            Eventually.passes(PATIENCE, () -> assertThat(told.asked).contains("drained orchestration-gone-8080"));
            Eventually.passes(PATIENCE, () -> assertThat(gone).doesNotExist());
            assertThat(requests(clients.getFirst())).containsExactly("first", "second");
            assertThat(writer.hasDelivered()).isTrue();
            assertThat(held.takeLeft()).hasSize(1);
        }
        assertThat(told.asked).doesNotContain("drained orchestration-busy-8080");
        assertThat(count("weir.ledger.file.recovered")).isEqualTo(2);
    }

    @Test
    void ofSeveralThatAreGoneOneAtATimeIsTakenOver() throws Exception {
        Path one = directory.resolve("orchestration-one-8080");
        Path two = directory.resolve("orchestration-two-8080");
        leave(one, left("of one", 0));
        leave(two, left("of two", 0));
        told.afterDrained = Mono.error(new IOException("the database is away"));
        available(spool());
        Eventually.passes(PATIENCE, () -> assertThat(drained()).hasSizeGreaterThan(1));
        assertThat(drained().stream().distinct()).hasSize(1);
        assertThat(requests(clients.getFirst())).hasSize(1);
        told.afterDrained = Mono.empty();
        Eventually.passes(
                PATIENCE,
                () -> assertThat(List.of(one, two))
                        .allSatisfy(gone -> assertThat(gone).doesNotExist()));
        assertThat(requests(clients.getFirst())).containsExactlyInAnyOrder("of one", "of two");
    }

    private List<String> drained() {
        return told.asked.stream().filter(what -> what.startsWith("drained")).toList();
    }

    @Test
    void anErrorDoesNotEndTheTimer() {
        AtomicInteger asked = new AtomicInteger();
        // First its epoch, then the time of the first tick.
        LedgerWriter writer = writer(null, PATIENCE, () -> {
            if (asked.incrementAndGet() == 2) {
                throw new OutOfMemoryError("of a test");
            }
            return Instant.now();
        });
        Eventually.passes(PATIENCE, () -> assertThat(writer.isAvailable()).isTrue());
        assertThat(asked).hasValueGreaterThan(2);
    }

    @Test
    void whatNobodyCanReadOrDeliverIsSetAsideAndTheRestIsDelivered() throws Exception {
        leave(directory.resolve("own"), new byte[] {1, 2, 3}, left("elsewhere", 9), left("good", 0));
        LedgerWriter writer = available(spool());
        Eventually.passes(PATIENCE, () -> assertThat(told.asked).contains("end"));
        assertThat(writer.hasDelivered()).isTrue();
        assertThat(requests(clients.getFirst())).containsExactly("good");
        Eventually.passes(PATIENCE, () -> assertThat(damaged("own")).isEqualTo(2));
        assertThat(count("weir.ledger.lost")).isEqualTo(2);
    }

    @Test
    void closingWithTheBrokerAwayLeavesAllInTheFileAtOnce() throws IOException {
        answers = false;
        LedgerWriter writer = writer(spool());
        Eventually.passes(
                PATIENCE, () -> assertThat(clients.getFirst().completeNext()).isTrue());
        append(writer, "r");
        long begun = System.nanoTime();
        writer.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        assertThat(told.asked).contains("begin");
        try (WriteAheadFile file = WriteAheadFile.open(directory.resolve("own"), 1 << 20)) {
            assertThat(file.takeLeft().stream()
                            .map(left -> Objects.requireNonNull(SpooledRecord.read(TOPIC, left.content())))
                            .map(sent -> LedgerCodec.read(sent.value()).data())
                            .filter(OfRequest.class::isInstance))
                    .containsExactly(released("r"));
        }
    }
}
