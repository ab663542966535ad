package io.weir.analytics.stream;

import io.weir.analytics.stream.WatchedTenant.Claim;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/// Compares what watched tenants add up to here with what ClickHouse holds, below one horizon. Those that agree
/// get a checkpoint; one that disagrees twice in a row is an incident, and is begun anew from ClickHouse.
/// Confined to the tail's thread, which never waits for the answers.
final class Checkpoints {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final int AT_ONCE = 500;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    // Asking takes at most this part of the time.
    private static final int REST = 10;

    private final OutcomeHistory history;
    private final StreamMeters meters;
    private final long everyNanos;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private boolean asking;
    private long askedAt;
    private long nextAt;

    Checkpoints(OutcomeHistory history, StreamMeters meters, Duration every, long now) {
        this.history = history;
        this.meters = meters;
        this.everyNanos = every.toNanos();
        this.nextAt = now + everyNanos;
    }

    /// A state before a horizon, as it is known here, and ClickHouse's totals; none: it did not answer.
    private record Answer(List<Claim> claims, Map<TenantId, OutcomeHistory.Sum> sums, boolean there) {}

    /// Asks if it is time, and tells what was answered meanwhile.
    ///
    /// @param horizon up to which the tenants know what is stored
    /// @param tenants those that are watched
    /// @param beginAnew ends its streams, which resume, and forgets it
    void look(
            long now,
            Horizon horizon,
            YearMonth month,
            Collection<WatchedTenant> tenants,
            Consumer<WatchedTenant> beginAnew) {
        Answer answer = answers.poll();
        if (answer != null) {
            asking = false;
            long took = now - askedAt;
            nextAt = now + Math.max(everyNanos, REST * took);
            if (answer.there()) {
                judge(answer, now, tenants, beginAnew);
            }
        }
        if (asking || now - nextAt < 0) {
            return;
        }
        List<Claim> claims = new ArrayList<>();
        tenants.stream().filter(WatchedTenant::isUnverified).forEach(one -> claims.add(one.claim()));
        nextAt = now + everyNanos;
        if (!claims.isEmpty()) {
            ask(claims, horizon, month, now);
        }
    }

    private void ask(List<Claim> claims, Horizon horizon, YearMonth month, long now) {
        asking = true;
        askedAt = now;
        Flux.fromIterable(claims)
                .map(claim -> claim.tenant().id())
                .buffer(AT_ONCE)
                .concatMap(ids -> history.sums(ids, horizon, month))
                .collect(() -> new HashMap<TenantId, OutcomeHistory.Sum>(), Map::putAll)
                .subscribe(sums -> answers.add(new Answer(claims, sums, true)), failure -> {
                    LOG.info("No checkpoints until ClickHouse answers: {}", failure.toString());
                    answers.add(new Answer(claims, Map.of(), false));
                });
    }

    private void judge(Answer answer, long now, Collection<WatchedTenant> tenants, Consumer<WatchedTenant> beginAnew) {
        List<WatchedTenant> wrong = new ArrayList<>();
        Set<WatchedTenant> watched = new HashSet<>(tenants);
        for (Claim claim : answer.claims()) {
            WatchedTenant tenant = claim.tenant();
            if (!watched.contains(tenant)) {
                continue;
            }
            OutcomeHistory.Sum sum = answer.sums().getOrDefault(tenant.id(), OutcomeHistory.Sum.NONE);
            if (claim.totals().equals(sum.totals()) && sum.seq() <= claim.seq()) {
                tenant.verified(claim);
            } else if (tenant.isInDoubtAgain()) {
                LOG.error("Totals of a watched tenant are {} here and {} in ClickHouse; begun anew", claim, sum);
                meters.diverged();
                wrong.add(tenant);
            } else {
                nextAt = now + SECOND;
            }
        }
        wrong.forEach(beginAnew);
    }
}
