package io.weir.analytics.stream;

import io.weir.analytics.metering.KnownOutcomes;
import io.weir.analytics.metering.KnownOutcomes.Stored;
import io.weir.analytics.metering.Outcome;
import io.weir.analytics.metering.Outcome.Kind;
import io.weir.analytics.metering.Outcome.Request;
import io.weir.analytics.stream.LedgerTail.Joint;
import io.weir.analytics.stream.WatchedTenant.State;
import io.weir.clickhouse.ClickHouseException;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One time of following the ledger: reads, applies to the tenants that are watched, answers who wants to
/// join. What is read waits while ClickHouse cannot say whether it repeats something. Confined to the tail's
/// thread.
final class TailSession {

    private static final Logger LOG = LoggerFactory.getLogger(TailSession.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration SHORT_POLL = Duration.ofMillis(10);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    // Who asked for a joint has this many seconds to come back with its base.
    private static final int WINDOW_SECONDS = 10;

    private final LedgerSource source;
    private final KnownOutcomes known;
    private final Checkpoints checkpoints;
    private final Duration answerLimit;
    private final InstantSource clock;
    private final long lingerNanos;
    private final TailWindow window;
    private final Map<TenantId, WatchedTenant> tenants = new HashMap<>();
    private final List<LedgerEntry> unapplied = new ArrayList<>();
    private final List<Joining> arriving = new ArrayList<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Patience patience = new Patience();
    private final Deque<List<Long>> horizons = new ArrayDeque<>();
    private long lookedAt = System.nanoTime();
    private long watchedAt = System.nanoTime();

    TailSession(
            LedgerSource source,
            KnownOutcomes known,
            StreamProperties properties,
            Checkpoints checkpoints,
            Duration answerLimit,
            InstantSource clock) {
        this.checkpoints = checkpoints;
        this.source = source;
        this.known = known;
        this.answerLimit = answerLimit;
        this.clock = clock;
        this.lingerNanos = properties.linger().toNanos();
        this.window = new TailWindow(source.horizon(), properties.window().toBytes());
    }

    private record Joining(TenantId tenant, @Nullable Outbox reader, Waiting<State> answer) {}

    /// @param ends to be applied before they are answered
    private record Arrival(List<Long> ends, List<Joining> joining) {}

    Joint joint(TenantId tenant) {
        watchedAt = System.nanoTime();
        return new Joint(source.horizon(), tenants.containsKey(tenant));
    }

    void join(TenantId tenant, @Nullable Base base, @Nullable Outbox reader, Waiting<State> answer) {
        if (!tenants.containsKey(tenant) && !begin(tenant, base)) {
            answer.answerNothing();
            return;
        }
        arriving.add(new Joining(tenant, reader, answer));
    }

    private boolean begin(TenantId tenant, @Nullable Base base) {
        if (base == null || !base.horizon().log().equals(source.horizon().log())) {
            return false;
        }
        if (!window.reachesBackTo(base.horizon())) {
            LOG.info("A base is older than the window: {}", window);
            return false;
        }
        WatchedTenant watched = new WatchedTenant(tenant, base, month(), System.nanoTime());
        tenants.put(tenant, watched);
        // Left from an earlier time of watching; the window has them, too.
        unapplied.removeIf(entry -> entry.tenant().equals(tenant));
        window.entries().stream()
                .filter(entry -> entry.tenant().equals(tenant) && watched.concerns(entry))
                .forEach(unapplied::add);
        return true;
    }

    /// One round.
    ///
    /// @param waits for records that are not there yet
    void step(boolean waits) throws InterruptedException, ExecutionException, TimeoutException {
        arrive();
        if (unapplied.isEmpty()) {
            Duration wait = arrivals.isEmpty() ? POLL : SHORT_POLL;
            read(source.poll(waits ? wait : Duration.ZERO));
        }
        apply();
        if (unapplied.isEmpty()) {
            answer();
        }
        long now = System.nanoTime();
        if (now - lookedAt >= SECOND) {
            lookedAt = now;
            look(now);
        }
    }

    // One question to the broker for all that came since the last round.
    private void arrive() throws InterruptedException {
        arriving.removeIf(one -> one.answer().isOver());
        arrivals.removeIf(
                one -> one.joining().stream().allMatch(each -> each.answer().isOver()));
        if (arriving.isEmpty()) {
            return;
        }
        try {
            arrivals.add(new Arrival(source.ends(), List.copyOf(arriving)));
        } catch (ExecutionException | TimeoutException brokerAway) {
            arriving.forEach(one -> one.answer().fail(LedgerTail.unavailable(brokerAway)));
        }
        arriving.clear();
    }

    /// Whether nobody watches or asks any more.
    boolean isOver() {
        return tenants.isEmpty()
                && arriving.isEmpty()
                && arrivals.isEmpty()
                && System.nanoTime() - watchedAt >= lingerNanos;
    }

    /// Sends every reader to another time of following.
    void end() {
        tenants.values().forEach(tenant -> tenant.readers().forEach(reader -> reader.end(Ending.RESTART)));
        tenants.clear();
        Stream.concat(arriving.stream(), arrivals.stream().flatMap(one -> one.joining().stream()))
                .forEach(one -> one.answer().fail(LedgerTail.unavailable(null)));
    }

    private void read(ConsumerRecords<String, byte[]> polled) {
        for (ConsumerRecord<String, byte[]> record : polled) {
            Optional<LedgerEntry> entry = LedgerEntry.of(record);
            if (entry.isPresent()) {
                window.add(entry.get());
                WatchedTenant watched = tenants.get(entry.get().tenant());
                if (watched != null && watched.concerns(entry.get())) {
                    unapplied.add(entry.get());
                }
            }
        }
    }

    private record Told(LedgerEntry entry, Outcome outcome) {}

    private void apply() {
        if (unapplied.isEmpty()) {
            return;
        }
        List<Told> told = unapplied.stream()
                .flatMap(entry -> Outcome.read(entry.source()).map(one -> new Told(entry, one)).stream())
                .toList();
        Map<Request, List<Stored>> stored;
        try {
            stored = Objects.requireNonNull(known.of(told.stream()
                                    .map(one -> one.outcome().request().id())
                                    .distinct()
                                    .toList())
                            .block(answerLimit))
                    .stream()
                    .collect(Collectors.groupingBy(Stored::request));
        } catch (ClickHouseException | IllegalStateException away) {
            // The latter: no answer within the limit, or this instance stops.
            if (patience.says(System.nanoTime())) {
                LOG.warn("Frames wait until ClickHouse answers: {}", away.getMessage());
            }
            LockSupport.parkNanos(patience.pause().toNanos());
            return;
        }
        patience.restore();
        told.forEach(one -> apply(one, stored.getOrDefault(one.outcome().request(), List.of())));
        unapplied.clear();
    }

    private void apply(Told one, List<Stored> stored) {
        WatchedTenant watched = tenants.get(one.entry().tenant());
        if (watched == null) {
            return;
        }
        LedgerEntry entry = one.entry();
        Set<Kind> before = EnumSet.noneOf(Kind.class);
        stored.stream()
                .filter(other -> other.isBefore(source.horizon().log(), entry.partition(), entry.offset()))
                .forEach(other -> before.add(other.kind()));
        watched.apply(entry, one.outcome(), before);
    }

    private void answer() {
        for (Iterator<Arrival> all = arrivals.iterator(); all.hasNext(); ) {
            Arrival one = all.next();
            if (source.hasRead(one.ends())) {
                all.remove();
                one.joining().forEach(this::answer);
            }
        }
    }

    private void answer(Joining one) {
        if (one.answer().isOver()) {
            return;
        }
        WatchedTenant watched = tenants.get(one.tenant());
        if (watched == null) {
            one.answer().answerNothing();
            return;
        }
        watched.turnTo(month());
        State state = watched.state();
        if (one.reader() != null) {
            watched.attach(one.reader());
        }
        one.answer().answer(state);
    }

    private void look(long now) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            horizons.addLast(source.lookAtHorizon().ends());
        } catch (ExecutionException | TimeoutException brokerAway) {
            LOG.warn("The broker does not say how far ingestion is: {}", brokerAway.toString());
        }
        List<Long> stored = source.horizon().ends();
        while (horizons.size() > WINDOW_SECONDS) {
            window.forget(horizons.removeFirst());
        }
        YearMonth month = month();
        for (Iterator<WatchedTenant> all = tenants.values().iterator(); all.hasNext(); ) {
            WatchedTenant watched = all.next();
            watched.storedUpTo(stored);
            watched.turnTo(month);
            if (watched.isBeyondMemory()) {
                LOG.error("Ingestion is too far behind to keep what a watched tenant did; its readers resume later");
                watched.readers().forEach(reader -> reader.end(Ending.RESTART));
                all.remove();
            } else if (watched.isForgotten(now, lingerNanos)) {
                all.remove();
            }
        }
        checkpoints.look(now, source.horizon(), month, tenants.values(), this::beginAnew);
        watchedAt = tenants.isEmpty() ? watchedAt : now;
    }

    private void beginAnew(WatchedTenant watched) {
        watched.readers().forEach(reader -> reader.end(Ending.RESTART));
        tenants.remove(watched.id());
    }

    private YearMonth month() {
        return OutcomeHistory.month(clock.instant());
    }
}
