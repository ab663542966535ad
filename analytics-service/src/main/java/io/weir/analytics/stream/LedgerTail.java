package io.weir.analytics.stream;

import io.weir.analytics.metering.KnownOutcomes;
import io.weir.analytics.stream.WatchedTenant.State;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/// Follows the ledger on one thread while somebody watches, and rests while nobody does. All state of tenants
/// belongs to that thread; others ask it by commands.
final class LedgerTail implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerTail.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final KafkaProperties kafka;
    private final String topic;
    private final String group;
    private final StreamProperties properties;
    private final KnownOutcomes known;
    private final InstantSource clock;
    private final BlockingQueue<Consumer<TailSession>> commands = new LinkedBlockingQueue<>();
    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    LedgerTail(
            KafkaProperties kafka,
            String topic,
            String group,
            StreamProperties properties,
            TenantQuery query,
            InstantSource clock) {
        this.kafka = kafka;
        this.topic = topic;
        this.group = group;
        this.properties = properties;
        this.known = new KnownOutcomes(query);
        this.clock = clock;
    }

    /// Where the tail and ClickHouse can be joined for a tenant.
    ///
    /// @param watched whether its state is here already, so that no base is needed
    record Joint(Horizon horizon, boolean watched) {}

    Mono<Joint> joint(TenantId tenant) {
        return ask((session, answer) -> answer.success(session.joint(tenant)));
    }

    /// The tenant's state once all that the ledger holds now is applied, with the reader attached from there
    /// on. Empty where the base is too old by now, or was left out and is needed: ask for the joint again.
    ///
    /// @param reader null: only the state
    Mono<State> join(TenantId tenant, @Nullable Base base, @Nullable Outbox reader) {
        return ask((session, answer) -> session.join(tenant, base, reader, answer));
    }

    private interface Command<T> {
        void run(TailSession session, MonoSink<T> answer);
    }

    private <T> Mono<T> ask(Command<T> command) {
        return Mono.create(answer -> {
            commands.add(session -> {
                try {
                    command.run(session, answer);
                } catch (RuntimeException failure) {
                    answer.error(unavailable(failure));
                    throw failure;
                }
            });
        });
    }

    static PlatformException unavailable(@Nullable Throwable cause) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "The usage ledger cannot be followed at present; nothing is lost. Try again in a moment.",
                cause == null ? new IllegalStateException("no state") : cause);
    }

    // The first to start of its kind and the last to stop: readers are told before.
    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public synchronized void start() {
        running = true;
        thread = Thread.ofPlatform().name("cost-stream").daemon().start(this::run);
    }

    @Override
    public synchronized void stop() {
        running = false;
        commands.add(session -> {});
        try {
            if (!thread.join(STOP_LIMIT)) {
                thread.interrupt();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            while (running) {
                Consumer<TailSession> first = commands.take();
                if (running) {
                    follow(first);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // From the first question until nobody watches any more, or the ledger cannot be followed.
    private void follow(Consumer<TailSession> first) throws InterruptedException {
        try (LedgerSource opened = new LedgerSource(kafka, topic, group)) {
            TailSession session = new TailSession(opened, known, properties, clock);
            try {
                first.accept(session);
                while (running && !session.isOver()) {
                    runCommands(session);
                    session.step();
                }
            } finally {
                session.end();
            }
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception failure) {
            LOG.warn("The ledger cannot be followed; readers resume: {}", failure.toString());
            // Questions without an answer end by their own limit.
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    private void runCommands(TailSession session) {
        Consumer<TailSession> next = commands.poll();
        while (next != null) {
            next.accept(session);
            next = commands.poll();
        }
    }
}
