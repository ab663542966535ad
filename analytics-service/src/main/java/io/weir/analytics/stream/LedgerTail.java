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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// Follows the ledger on one thread while somebody watches, and rests while nobody does. All state of tenants
/// belongs to that thread; others ask it.
final class LedgerTail implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerTail.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    // Frames are read and sent between rounds, however many come to ask.
    private static final int QUESTIONS_PER_ROUND = 64;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final KafkaProperties kafka;
    private final String topic;
    private final String group;
    private final StreamProperties properties;
    private final KnownOutcomes known;
    private final OutcomeHistory history;
    private final StreamMeters meters;
    private final InstantSource clock;
    private final Duration answerLimit;
    private final Questions<TailSession> questions;
    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    /// @param answerLimit for an answer of ClickHouse; longer than a query may take
    LedgerTail(
            KafkaProperties kafka,
            String topic,
            String group,
            StreamProperties properties,
            TenantQuery query,
            StreamMeters meters,
            Duration answerLimit,
            InstantSource clock) {
        this.kafka = kafka;
        this.topic = topic;
        this.group = group;
        this.properties = properties;
        this.known = new KnownOutcomes(query);
        this.history = new OutcomeHistory(query);
        this.meters = meters;
        this.answerLimit = answerLimit;
        this.clock = clock;
        this.questions = new Questions<>(properties.sockets(), () -> LockSupport.unpark(thread));
    }

    /// Where the tail and ClickHouse can be joined for a tenant.
    ///
    /// @param watched whether its state is here already, so that no base is needed
    record Joint(Horizon horizon, boolean watched) {}

    Mono<Joint> joint(TenantId tenant) {
        return ask((session, answer) -> answer.answer(session.joint(tenant)));
    }

    /// The tenant's state once all that the ledger holds now is applied, with the reader attached from there
    /// on. Empty where the base is too old by now, or was left out and is needed: ask for the joint again.
    ///
    /// @param reader null: only the state
    Mono<State> join(TenantId tenant, @Nullable Base base, @Nullable Outbox reader) {
        return ask((session, answer) -> session.join(tenant, base, reader, answer));
    }

    private <T> Mono<T> ask(Questions.Command<TailSession, T> command) {
        return Mono.defer(() -> running ? questions.ask(command) : Mono.error(unavailable(null)));
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
        LockSupport.unpark(thread);
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
            while (running && !Thread.currentThread().isInterrupted()) {
                if (questions.isEmpty()) {
                    LockSupport.park(questions);
                } else {
                    follow();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            questions.fail(unavailable(null));
        }
    }

    // From the first question until nobody watches any more, or the ledger cannot be followed.
    private void follow() throws InterruptedException {
        try (LedgerSource opened = new LedgerSource(kafka, topic, group)) {
            Checkpoints checkpoints = new Checkpoints(history, meters, properties.checkpoint(), System.nanoTime());
            TailSession session = new TailSession(opened, known, properties, checkpoints, answerLimit, clock);
            try {
                do {
                    questions.answer(session, QUESTIONS_PER_ROUND);
                    session.step(questions.isEmpty());
                } while (running && !session.isOver());
            } finally {
                session.end();
            }
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception failure) {
            LOG.warn("The ledger cannot be followed; readers resume: {}", failure.toString());
            questions.fail(unavailable(failure));
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }
}
