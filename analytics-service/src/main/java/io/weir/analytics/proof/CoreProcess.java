package io.weir.analytics.proof;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.weir.analytics.ingestion.ChunkLoop;
import io.weir.analytics.ingestion.ChunkStore;
import io.weir.analytics.ingestion.DeadLetters;
import io.weir.analytics.ingestion.Ingestion;
import io.weir.analytics.ingestion.IngestionStatus;
import io.weir.analytics.ingestion.IngestionTopic;
import io.weir.analytics.ingestion.Step;
import io.weir.analytics.ingestion.StepListener;
import io.weir.analytics.metering.AcceptedGaps;
import io.weir.analytics.metering.IngestionTrace;
import io.weir.analytics.metering.LedgerGaps;
import io.weir.analytics.metering.UsageHandler;
import io.weir.analytics.sealing.HourSealing;
import io.weir.analytics.sealing.UnsealedHours;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.observability.ReadinessCondition;
import io.weir.observability.kafka.TraceHeaders;
import io.weir.security.SigningKey;
import io.weir.snapshots.SnapshotPublisher;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// The consumer of the ledger and the sealing of hours as the service has them, without anything else, in a process
/// that is there to be killed. Says on standard output when it has reached the step where it shall die; ends with its
/// standard input.
public final class CoreProcess {

    /// The environment's name of ClickHouse's password.
    static final String PASSWORD = "WEIR_PROOF_PASSWORD";

    static final String REACHED = "reached ";
    static final String NOWHERE = "-";

    // The broker puts a process of that name in the place of the one that died, without waiting for its silence.
    private static final Map<String, String> MEMBER = Map.of("group.instance.id", "core");
    private static final Duration LINGER = Duration.ofMillis(20);
    private static final Duration SILENCE = Duration.ofMillis(400);
    private static final Duration DELIVERY = Duration.ofSeconds(10);

    private CoreProcess() {}

    /// @param arguments those of [Ground], then records of a chunk, the step to die at, and how often it is passed
    /// before
    public static void main(String[] arguments) throws IOException {
        List<String> all = List.of(arguments);
        int own = all.size() - 3;
        Ground ground = Ground.of(all.subList(0, own), System.getenv(PASSWORD));
        String death = all.get(own + 1);
        StepListener steps = death.equals(NOWHERE)
                ? StepListener.NONE
                : new Mortal(Death.valueOf(death), Integer.parseInt(all.get(own + 2)));
        Running running = new Running(ground, Integer.parseInt(all.get(own)), steps);
        awaitEnd(System.in);
        running.stop();
        // Clients' threads would keep it.
        Runtime.getRuntime().halt(0);
    }

    /// From now on this process ends with whoever started it, and with it those that it started.
    static void endWithParent() {
        Thread.ofPlatform().name("parent").daemon().start(() -> {
            try {
                awaitEnd(System.in);
            } catch (IOException broken) {
                // As if it had ended.
            }
            Runtime.getRuntime().halt(1);
        });
    }

    @SuppressWarnings("StatementWithEmptyBody")
    private static void awaitEnd(InputStream input) throws IOException {
        while (input.read() >= 0) {}
    }

    private static final class Running {

        private final HourSealing sealing;
        private final ChunkLoop loop;

        Running(Ground ground, int chunkRecords, StepListener steps) throws IOException {
            Clock clock = Clock.systemUTC();
            MeterRegistry meters = new SimpleMeterRegistry();
            KafkaProperties kafka = ground.kafka(Map.of());
            ClickHouse clickHouse = ground.clickHouse();
            TenantQuery query = new TenantQuery(clickHouse);
            BlockWriter writer = new BlockWriter(clickHouse);
            UnsealedHours unsealed = new UnsealedHours(Duration.ZERO, SILENCE, clock);
            sealing = new HourSealing(
                    unsealed, query, writer, new SnapshotPublisher(kafka, signingKey(ground)), () -> true, clock);
            DeadLetters deadLetters =
                    new DeadLetters(kafka.topic("usage.v1.dlt"), RecordSender.create(kafka, "proof-refused", DELIVERY));
            IngestionTopic topic = new IngestionTopic(ground.usage(), ground.group(), chunkRecords, LINGER);
            UsageHandler handler = new UsageHandler(
                    query,
                    unsealed,
                    new LedgerGaps(meters),
                    new AcceptedGaps(query, writer, clock),
                    new IngestionTrace(new TraceHeaders(Propagator.NOOP), Tracer.NOOP),
                    meters,
                    clock);
            loop = new Ingestion(
                            ground.kafka(MEMBER),
                            new ChunkStore(writer, query),
                            deadLetters,
                            new SchemaIsThere(),
                            clock)
                    .loop(topic, handler, new IngestionStatus("usage.v1", clock, meters), steps);
            sealing.start();
            loop.start();
        }

        private static SigningKey signingKey(Ground ground) throws IOException {
            try (Stream<Path> files = Files.list(ground.signingKeys())) {
                return SigningKey.load(files.findFirst().orElseThrow());
            }
        }

        void stop() {
            loop.stop();
            sealing.stop();
        }
    }

    private static final class SchemaIsThere implements ReadinessCondition {
        @Override
        public String name() {
            return "schema";
        }

        @Override
        public boolean isReady() {
            return true;
        }
    }

    /// Says where it is, and waits there for its end.
    private static final class Mortal implements StepListener {

        private final Death death;
        private int before;

        Mortal(Death death, int before) {
            this.death = death;
            this.before = before;
        }

        @Override
        public void reached(Step step) {
            if (step == death.step() && before-- == 0) {
                PrintStream out =
                        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
                out.println(REACHED + death);
                if (death.waits()) {
                    awaitTheEnd();
                }
            }
        }

        private static void awaitTheEnd() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
