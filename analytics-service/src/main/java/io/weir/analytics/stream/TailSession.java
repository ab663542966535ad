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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.MonoSink;

/// One time of following the ledger: reads, applies to the tenants that are watched, answers who wants to
/// join. What is read waits while ClickHouse cannot say whether it repeats something. Confined to the tail's
/// thread.
final class TailSession {

    private static final Logger LOG = LoggerFactory.getLogger(TailSession.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    // Who asked for a joint has this many seconds to come back with its base.
    private static final int WINDOW_SECONDS = 10;

    private final LedgerSource source;
    private final KnownOutcomes known;
    private final InstantSource clock;
    private final long lingerNanos;
    private final TailWindow window;
    private final Map<TenantId, WatchedTenant> tenants = new HashMap<>();
    private final List<LedgerEntry> unapplied = new ArrayList<>();
    private final List<Joining> joining = new ArrayList<>();
    private final Deque<List<Long>> horizons = new ArrayDeque<>();
    private long lookedAt = System.nanoTime();
    private long watchedAt = System.nanoTime();

    TailSession(LedgerSource source, KnownOutcomes known, StreamProperties properties, InstantSource clock) {
        this.source = source;
        this.known = known;
        this.clock = clock;
        this.lingerNanos = properties.linger().toNanos();
        this.window = new TailWindow(source.horizon(), properties.window().toBytes());
    }

    /// @param ends to be applied before it is answered
    private record Joining(TenantId tenant, @Nullable Outbox reader, MonoSink<State> answer, List<Long> ends) {}

    Joint joint(TenantId tenant) {
        watchedAt = System.nanoTime();
        return new Joint(source.horizon(), tenants.containsKey(tenant));
    }

    void join(TenantId tenant, @Nullable Base base, @Nullable Outbox reader, MonoSink<State> answer) {
        if (!tenants.containsKey(tenant) && !begin(tenant, base)) {
            answer.success();
            return;
        }
        try {
            joining.add(new Joining(tenant, reader, answer, source.ends()));
        } catch (ExecutionException | TimeoutException brokerAway) {
            answer.error(LedgerTail.unavailable(brokerAway));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            answer.error(LedgerTail.unavailable(interrupted));
        }
    }

    private boolean begin(TenantId tenant, @Nullable Base base) {
        if (base == null || !base.horizon().log().equals(source.horizon().log())) {
            return false;
        }
        if (!window.reachesBackTo(base.horizon())) {
            LOG.info("A base is older than the window: {}", window);
            return false;
        }
        WatchedTenant watched = new WatchedTenant(base, month(), System.nanoTime());
        tenants.put(tenant, watched);
        // Left from an earlier time of watching; the window has them, too.
        unapplied.removeIf(entry -> entry.tenant().equals(tenant));
        window.entries().stream()
                .filter(entry -> entry.tenant().equals(tenant) && watched.concerns(entry))
                .forEach(unapplied::add);
        return true;
    }

    /// One round.
    void step() throws InterruptedException, ExecutionException, TimeoutException {
        if (unapplied.isEmpty()) {
            read(source.poll(joining.isEmpty() ? POLL : Duration.ofMillis(10)));
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

    /// Whether nobody watches or asks any more.
    boolean isOver() {
        return tenants.isEmpty() && joining.isEmpty() && System.nanoTime() - watchedAt >= lingerNanos;
    }

    /// Sends every reader to another time of following.
    void end() {
        tenants.values().forEach(tenant -> tenant.readers().forEach(reader -> reader.end(Ending.RESTART)));
        tenants.clear();
        joining.forEach(one -> one.answer().error(LedgerTail.unavailable(null)));
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
                            .block(ANSWER_LIMIT))
                    .stream()
                    .collect(Collectors.groupingBy(Stored::request));
        } catch (ClickHouseException away) {
            LOG.warn("Frames wait until ClickHouse answers: {}", away.getMessage());
            LockSupport.parkNanos(POLL.toNanos());
            return;
        }
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
        for (Iterator<Joining> all = joining.iterator(); all.hasNext(); ) {
            Joining one = all.next();
            if (source.hasRead(one.ends())) {
                all.remove();
                answer(one);
            }
        }
    }

    private void answer(Joining one) {
        WatchedTenant watched = tenants.get(one.tenant());
        if (watched == null) {
            one.answer().success();
            return;
        }
        watched.turnTo(month());
        State state = watched.state();
        if (one.reader() != null) {
            watched.attach(one.reader());
        }
        one.answer().success(state);
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
        watchedAt = tenants.isEmpty() ? watchedAt : now;
    }

    private YearMonth month() {
        return OutcomeHistory.month(clock.instant());
    }
}
