package io.weir.analytics.stream;

import io.weir.analytics.stream.Frame.Delta;
import io.weir.analytics.stream.Frame.Notice;
import io.weir.analytics.stream.LedgerTail.Joint;
import io.weir.analytics.stream.OutcomeHistory.Each;
import io.weir.analytics.stream.OutcomeHistory.Shape;
import io.weir.analytics.stream.WatchedTenant.State;
import io.weir.clickhouse.ClickHouseException;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Opens streams, pings them, gives up on readers that are stuck, and sends all away before this instance
/// stops.
final class CostStream implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(CostStream.class);
    private static final int TRIES = 3;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(250);
    private static final long TICK_MS = 250;

    private final LedgerTail tail;
    private final OutcomeHistory history;
    private final StreamProperties properties;
    private final StreamMeters meters;
    private final Places places;
    private final Backlog backlog;
    private final AlertTail alerts;
    private final InstantSource clock;
    private final OneAnswer<TenantId, Joint> beginnings = new OneAnswer<>();
    private final OneAnswer<Missing, Each> resumes = new OneAnswer<>();
    private final Set<Outbox> open = ConcurrentHashMap.newKeySet();
    private volatile Disposable ticking = () -> {};
    private volatile boolean running;

    CostStream(
            LedgerTail tail,
            AlertTail alerts,
            OutcomeHistory history,
            StreamProperties properties,
            StreamMeters meters,
            InstantSource clock) {
        this.tail = tail;
        this.history = history;
        this.properties = properties;
        this.meters = meters;
        this.places = new Places(properties, meters);
        this.backlog = new Backlog(properties.resumeBacklog());
        this.alerts = alerts;
        this.clock = clock;
    }

    private record Missing(TenantId tenant, long from, long to, boolean one) {}

    /// A stream of the tenant's frames. Whoever opens it subscribes to its frames, or ends it.
    ///
    /// Fails with a 400 problem where `resumeFrom` is a number that is not reached yet, with a 429 where the
    /// tenant has too many open, with a 503 where the ledger or ClickHouse does not answer in time.
    ///
    /// @param audience of the tenant
    /// @param resumeFrom the last number that the reader has; empty: begins with a snapshot
    /// @param field what a refusal names
    Mono<Outbox> open(TenantContext tenant, Audience audience, OptionalLong resumeFrom, String field) {
        return Mono.defer(() -> {
            Outbox outbox = reader(tenant.id());
            return join(tenant, outbox)
                    .flatMap(state -> first(tenant, demandReached(state, resumeFrom, field), resumeFrom, outbox))
                    .doOnNext(frames -> outbox.begin(frames, resumeFrom.orElse(0)))
                    .doOnNext(begun -> alerts.join(audience, outbox))
                    .thenReturn(outbox)
                    .doOnError(failure -> outbox.end(Ending.LEFT))
                    .doOnCancel(() -> outbox.end(Ending.LEFT));
        });
    }

    /// Whether it could be opened; completes or fails as [#open] does.
    Mono<Void> check(TenantContext tenant, OptionalLong resumeFrom, String field) {
        return Mono.defer(() -> {
            places.demandShare(tenant.id());
            return join(tenant, null)
                    .doOnNext(state -> demandReached(state, resumeFrom, field))
                    .then();
        });
    }

    private Outbox reader(TenantId tenant) {
        if (!running) {
            throw new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE, "This instance is about to stop. Try again in a moment.");
        }
        places.take(tenant);
        Outbox outbox = new Outbox(properties.buffer(), meters, System.nanoTime());
        open.add(outbox);
        outbox.ended().subscribe(why -> {
            open.remove(outbox);
            places.release(tenant, why);
        });
        return outbox;
    }

    private Mono<State> join(TenantContext tenant, @Nullable Outbox reader) {
        return Mono.defer(() -> tail.joint(tenant.id())
                        .flatMap(joint -> joint.watched() ? Mono.just(joint) : begin(tenant, joint))
                        .flatMap(there -> tail.join(tenant.id(), null, reader)))
                .repeatWhenEmpty(TRIES, again -> again.delayElements(BETWEEN_TRIES))
                .timeout(properties.openLimit())
                .onErrorMap(CostStream::translated);
    }

    // Once for all who come at the same time, and to its end where they leave: a tenant whose state took longer than
    // they
    // waited is watched when they come back.
    private Mono<Joint> begin(TenantContext tenant, Joint joint) {
        return beginnings.to(
                tenant.id(),
                () -> history.before(tenant, joint.horizon(), month())
                        .flatMap(base -> tail.join(tenant.id(), base, null))
                        .map(state -> joint));
    }

    private static Throwable translated(Throwable failure) {
        if (failure instanceof PlatformException) {
            return failure;
        }
        LOG.warn("A stream could not be opened: {}", failure.toString());
        boolean expected = failure instanceof ClickHouseException
                || failure instanceof TimeoutException
                || failure instanceof IllegalStateException;
        return expected ? LedgerTail.unavailable(failure) : failure;
    }

    private static State demandReached(State state, OptionalLong resumeFrom, String field) {
        if (resumeFrom.isPresent() && resumeFrom.getAsLong() > state.seq()) {
            throw PlatformException.invalid(
                    field,
                    field
                            + " is a seq that this tenant has not reached. Send the last seq that you received, or leave it"
                            + " out to begin with a snapshot.");
        }
        return state;
    }

    private Mono<List<Frame>> first(TenantContext tenant, State state, OptionalLong resumeFrom, Outbox outbox) {
        if (resumeFrom.isEmpty()) {
            return Mono.just(List.of(state.snapshot()));
        }
        return resumed(tenant, state, resumeFrom.getAsLong(), outbox).onErrorMap(CostStream::translated);
    }

    // (from, stored] from ClickHouse, (stored, seq] from memory.
    private Mono<List<Frame>> resumed(TenantContext tenant, State state, long from, Outbox outbox) {
        List<Delta> recent =
                state.recent().stream().filter(delta -> delta.seq() > from).toList();
        boolean movedRecently = movedRecently(state, from);
        long missing = state.seq() - from;
        boolean one = missing > 0 && (missing > properties.resumeFrames() || !backlog.holds(outbox, missing));
        if (from > state.stored() || (missing == 0 && movedRecently)) {
            return Mono.just(frames(List.of(), recent, one, movedRecently, state));
        }
        return stored(tenant, from, state.stored(), one)
                .map(older -> frames(older.deltas(), recent, one, movedRecently || moved(older.shape(), state), state));
    }

    private static List<Frame> frames(List<Delta> older, List<Delta> recent, boolean one, boolean anew, State state) {
        List<Delta> all = new ArrayList<>(older);
        all.addAll(recent);
        List<Frame> frames =
                new ArrayList<>(one ? List.of(all.stream().reduce(Delta::and).orElseThrow()) : all);
        if (anew) {
            frames.add(state.snapshot());
        }
        return frames;
    }

    private Mono<Each> stored(TenantContext tenant, long from, long to, boolean one) {
        Missing missing = new Missing(tenant.id(), from, to, one);
        return one
                ? resumes.to(
                        missing,
                        () -> Mono.zip(
                                from < to
                                        ? history.sum(tenant, from + 1, to).map(List::of)
                                        : Mono.just(List.<Delta>of()),
                                history.shape(tenant, from, to),
                                Each::new))
                : resumes.to(missing, () -> history.each(tenant, from, to));
    }

    // Where the reader's sums plus the deltas are not the sums of the current month.
    private static boolean movedRecently(State state, long from) {
        YearMonth current = state.snapshot().month();
        return state.late() >= from
                || state.recent().stream()
                        .filter(delta -> delta.seq() >= from && delta.only() != null)
                        .anyMatch(delta -> !OutcomeHistory.month(
                                        Objects.requireNonNull(delta.only()).time())
                                .equals(current));
    }

    private static boolean moved(Shape shape, State state) {
        return shape.late()
                || (shape.month() != 0
                        && !OutcomeHistory.month(shape.month())
                                .equals(state.snapshot().month()));
    }

    private YearMonth month() {
        return OutcomeHistory.month(clock.instant());
    }

    // Before the web server stops taking requests and waits for open ones, which streams would keep it from.
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1;
    }

    @Override
    public void start() {
        running = true;
        ticking = Schedulers.boundedElastic().schedulePeriodically(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        open.forEach(outbox -> outbox.tick(now, properties.ping(), properties.slowAfter()));
    }

    @Override
    public void stop() {
        running = false;
        open.forEach(outbox -> {
            outbox.add(new Notice(0, "draining", "This instance stops. Reconnect with resume_from."));
            outbox.end(Ending.RESTART);
        });
        ticking.dispose();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
