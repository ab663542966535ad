package io.weir.billing.intake;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// Applies every change of a table, in order, on a thread of its own. A change is handed on at once; while the
/// database or the broker is away changes wait, and a batch is applied again until it succeeds: applying must be
/// idempotent. After a restart the table's reader brings everything once more.
///
/// The backlog is the gauge `weir.billing.intake.backlog`: fails neither open nor closed, it falls behind and says so.
public final class SnapshotIntake<T> implements SmartLifecycle, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotIntake.class);
    private static final int LARGEST_BATCH = 500;
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final String topic;
    private final Function<List<SnapshotChange<T>>, Mono<Void>> apply;
    private final BlockingQueue<SnapshotChange<T>> waiting = new LinkedBlockingQueue<>();
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});
    private volatile boolean running;

    /// @param apply takes changes in their order, possibly several of one key; must be idempotent
    public SnapshotIntake(SnapshotTable<T> table, Function<List<SnapshotChange<T>>, Mono<Void>> apply) {
        this.topic = table.topic().suffix();
        this.apply = apply;
        table.onChange(waiting::add);
    }

    // Between the database and the reader of snapshots; stops after the reader.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 1500;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("intake-" + topic).daemon().start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("weir.billing.intake.backlog", waiting, BlockingQueue::size)
                .tag("topic", topic)
                .baseUnit("changes")
                .description("snapshot changes not yet in the database")
                .register(registry);
    }

    private void run() {
        try {
            while (running) {
                List<SnapshotChange<T>> batch = new ArrayList<>();
                batch.add(waiting.take());
                waiting.drainTo(batch, LARGEST_BATCH - 1);
                applyUntilDone(batch);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void applyUntilDone(List<SnapshotChange<T>> batch) throws InterruptedException {
        while (running) {
            try {
                apply.apply(batch).block(LONGEST_BATCH);
                return;
            } catch (RuntimeException failed) {
                if (!running || Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LOG.warn("{} changes of {} not applied yet, trying again", batch.size(), topic, failed);
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            }
        }
    }
}
