package io.weir.analytics.proof;

import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.analytics.proof.Comparison.Found;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.TenantQuery;
import io.weir.security.KeyPairFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Writes a ledger while its consumer is killed again and again, each time at another step, lets the last one live to
/// the end, and compares.
final class ExactlyOnce {

    private static final List<Death> DEATHS = List.of(Death.values());
    private static final int CALLS_EACH = 60;
    private static final int MORE_CALLS = 10;
    private static final long MORE_AFTER_MILLIS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CATCH_UP = Duration.ofMinutes(5);
    private static final int BROKER_SECONDS = 30;

    private final Ground ground;
    private final long seed;
    private final int kills;
    private final Consumer<String> progress;
    private final Random random;
    private final Map<Death, Integer> deaths = new EnumMap<>(Death.class);
    private int elsewhere;

    /// @param progress told of each kill
    ExactlyOnce(Ground ground, long seed, int kills, Consumer<String> progress) {
        this.ground = ground;
        this.seed = seed;
        this.kills = kills;
        this.progress = progress;
        this.random = new Random(seed);
    }

    /// @param byStep how many processes died where
    /// @param elsewhere processes that were killed beside these, for they did not come to their step in time
    record Result(long seed, int kills, Map<Death, Integer> byStep, int elsewhere, boolean proven, Found found) {}

    Result run() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (ClickHouse clickHouse = ground.clickHouse();
                Admin admin = Admin.create(Map.of("bootstrap.servers", ground.broker()));
                Calls calls = new Calls(ground, random)) {
            prepare(clickHouse, admin);
            for (int kill = 1; kill <= kills; kill++) {
                Death death = DEATHS.get((kill - 1) % DEATHS.size());
                while (!live(calls, death) && elsewhere <= kills) {
                    elsewhere++;
                    progress.accept("one was killed before it came to " + death);
                }
                deaths.merge(death, 1, Integer::sum);
                progress.accept(kill + " of " + kills + " killed, the last one " + death);
            }
            Found found = liveToTheEnd(admin, new Comparison(ground, new TenantQuery(clickHouse)));
            boolean proven = found.equal() && elsewhere <= kills;
            return new Result(seed, kills, deaths, elsewhere, proven, found);
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
        await(PATIENCE, schema::isReady);
        schema.stop();
    }

    /// Whether it came to where it had to die.
    private boolean live(Calls calls, Death death)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        calls.write(CALLS_EACH);
        try (CoreLife life = CoreLife.begin(ground, 10 + random.nextInt(200), death, random.nextInt(3))) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            boolean there = life.awaitReached(MORE_AFTER_MILLIS);
            while (!there && life.isAlive() && System.nanoTime() - deadline < 0) {
                calls.write(MORE_CALLS);
                there = life.awaitReached(MORE_AFTER_MILLIS);
            }
            if (there && !death.waits()) {
                // Somewhere on the blocks' way.
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(30_000)));
            }
            life.kill();
            return there;
        }
    }

    private Found liveToTheEnd(Admin admin, Comparison comparison) throws IOException, InterruptedException {
        progress.accept("the last one lives until all is stored and sealed");
        try (CoreLife life = CoreLife.begin(ground, 500, null, 0)) {
            await(CATCH_UP, () -> !life.isAlive() || isStored(admin));
            await(Duration.ofMinutes(1), () -> !life.isAlive() || comparison.hoursWrong() == 0);
        }
        return comparison.compare();
    }

    private boolean isStored(Admin admin) {
        try {
            Map<TopicPartition, OffsetAndMetadata> stored = admin.listConsumerGroupOffsets(ground.group())
                    .partitionsToOffsetAndMetadata()
                    .get(BROKER_SECONDS, TimeUnit.SECONDS);
            for (int number = 0; number < Ground.PARTITIONS; number++) {
                TopicPartition partition = new TopicPartition(ground.usage(), number);
                long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition)
                        .get(BROKER_SECONDS, TimeUnit.SECONDS)
                        .offset();
                OffsetAndMetadata reached = stored.get(partition);
                if (reached == null || reached.offset() < end) {
                    return false;
                }
            }
            return true;
        } catch (ExecutionException | TimeoutException notNow) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    // Whether it came true, is for the comparison to say.
    private static void await(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }
}
