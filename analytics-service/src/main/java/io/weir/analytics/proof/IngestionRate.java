package io.weir.analytics.proof;

import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.TenantQuery;
import io.weir.security.KeyPairFiles;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Fills a ledger, and then measures how fast the consumer, in a process of its own and with all that makes it exact,
/// brings it into ClickHouse.
final class IngestionRate {

    private static final ForPlatform SCOPE = new ForPlatform("a measurement counts what is stored");
    private static final List<String> MACHINE = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");
    // As the service has it.
    private static final int CHUNK_RECORDS = 10_000;
    private static final int BATCH = 10_000;
    private static final int BROKER_SECONDS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Ground ground;
    private final Duration lasting;
    private final int goal;
    private final Consumer<String> progress;
    private final Random random;
    private int calls;

    /// @param goal events a second; as many are in the ledger as that takes
    IngestionRate(Ground ground, long seed, Duration lasting, int goal, Consumer<String> progress) {
        this.ground = ground;
        this.lasting = lasting;
        this.goal = goal;
        this.progress = progress;
        this.random = new Random(seed);
    }

    /// @param second since the consumer began
    /// @param lag records not yet in ClickHouse for good
    record Sample(double second, long lag, double coreCpuSeconds, long coreResidentBytes) {}

    /// @param stored records, in `seconds` from the consumer's first stored one on
    /// @param busy part of the machine's processors that was busy with anything
    /// @param whole whether all was stored in the time
    /// @param rows of settled calls in ClickHouse
    /// @param distinct calls among them; less than `rows` where one is there twice
    /// @param calls in the ledger
    /// @param exact whether each is there once, and none is missing where all was stored
    record Result(
            long events,
            long stored,
            double seconds,
            double eventsPerSecond,
            double secondsToFirst,
            double coreCpuSeconds,
            long coreMostResidentBytes,
            double busy,
            List<Sample> lag,
            boolean whole,
            long rows,
            long distinct,
            int calls,
            boolean exact) {}

    Result run() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (ClickHouse clickHouse = ground.clickHouse();
                Admin admin = Admin.create(Map.of("bootstrap.servers", ground.broker()))) {
            prepare(clickHouse, admin);
            long events = fill(admin);
            return measure(admin, events, new TenantQuery(clickHouse));
        }
    }

    private void prepare(ClickHouse clickHouse, Admin admin)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Files.createDirectories(ground.directory());
        KeyPairFiles.generate(
                "analytics",
                Files.createDirectory(ground.signingKeys()),
                Files.createDirectory(ground.directory().resolve("trusted")));
        admin.createTopics(List.of(
                        new NewTopic(ground.usage(), Ground.PARTITIONS, (short) 1),
                        new NewTopic(ground.prefix() + "usage.v1.dlt", 1, (short) 1),
                        new NewTopic(ground.prefix() + "sealed-hours.v1", 1, (short) 1)))
                .all()
                .get(BROKER_SECONDS, TimeUnit.SECONDS);
        Schema schema = new Schema(clickHouse, RetentionProperties.DEFAULTS);
        schema.start();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!schema.isReady() && System.nanoTime() - deadline < 0) {
            pause();
        }
        schema.stop();
    }

    private long fill(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        long wanted = goal * lasting.toSeconds();
        long events = 0;
        try (Calls writer = Calls.thatGoWell(ground, random)) {
            while (events < wanted) {
                writer.write(BATCH);
                calls = writer.calls();
                events = ends(admin);
                progress.accept(events + " of " + wanted + " events are in the ledger");
            }
        }
        return events;
    }

    private Result measure(Admin admin, long events, TenantQuery query)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        List<Sample> samples = new ArrayList<>();
        long[] busyBefore = ticks();
        long began = System.nanoTime();
        double first = 0;
        long stored = 0;
        try (CoreLife core = CoreLife.begin(MACHINE, ground, CHUNK_RECORDS, null, 0)) {
            long deadline = began + lasting.plus(PATIENCE).toNanos();
            while (stored < events && core.isAlive() && System.nanoTime() - deadline < 0) {
                pause();
                stored = stored(admin);
                double second = (System.nanoTime() - began) / 1e9;
                first = first == 0 && stored > 0 ? second : first;
                if (first > 0 && second - first > lasting.toSeconds()) {
                    break;
                }
                if (second >= samples.size()) {
                    samples.add(new Sample(second, events - stored, core.cpu().toMillis() / 1e3, resident(core.pid())));
                    progress.accept(String.format(Locale.ROOT, "%.0f s: %d events behind", second, events - stored));
                }
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            double cpu = core.cpu().toMillis() / 1e3;
            double busy = busy(busyBefore, ticks());
            boolean whole = stored >= events;
            long most =
                    samples.stream().mapToLong(Sample::coreResidentBytes).max().orElse(0);
            Rows rows = rows(query);
            return new Result(
                    events,
                    stored,
                    seconds,
                    stored / seconds,
                    first,
                    cpu,
                    most,
                    busy,
                    samples,
                    whole,
                    rows.all(),
                    rows.distinct(),
                    calls,
                    rows.all() == rows.distinct() && (!whole || rows.all() == calls));
        }
    }

    private record Rows(long all, long distinct) {}

    // In one statement: what was on its way when the time was over may still arrive.
    private static Rows rows(TenantQuery query) {
        return Objects.requireNonNull(query.acrossTenants(
                                SCOPE,
                                "SELECT count() AS rows, uniqExact(tenant_id, request_id) AS distinct FROM usage_requests",
                                Map.of(),
                                row -> new Rows(row.integer("rows"), row.integer("distinct")))
                        .block(PATIENCE))
                .getFirst();
    }

    private long stored(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(ground.group())
                .partitionsToOffsetAndMetadata()
                .get(BROKER_SECONDS, TimeUnit.SECONDS);
        return offsets.values().stream()
                .mapToLong(offset -> offset == null ? 0 : offset.offset())
                .sum();
    }

    private long ends(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        long all = 0;
        for (int number = 0; number < Ground.PARTITIONS; number++) {
            TopicPartition partition = new TopicPartition(ground.usage(), number);
            all += admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get(BROKER_SECONDS, TimeUnit.SECONDS)
                    .offset();
        }
        return all;
    }

    // 0 where the system does not say.
    private static long resident(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException elsewhere) {
            return 0;
        }
        return 0;
    }

    // Of all processors: those idle, and all. Nothing where the system does not say.
    private static long[] ticks() {
        try {
            String[] words =
                    Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
            long all = 0;
            for (int i = 1; i < words.length; i++) {
                all += Long.parseLong(words[i]);
            }
            return new long[] {Long.parseLong(words[4]), all};
        } catch (IOException elsewhere) {
            return new long[] {0, 0};
        }
    }

    private static double busy(long[] before, long[] after) {
        long all = after[1] - before[1];
        return all == 0 ? 0 : 1 - (after[0] - before[0]) / (double) all;
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
}
