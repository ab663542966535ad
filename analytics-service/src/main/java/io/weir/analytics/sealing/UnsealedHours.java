package io.weir.analytics.sealing;

import io.weir.analytics.metering.OpenGap;
import io.weir.analytics.metering.UsageListener;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Hours whose rows changed since they were last sealed, and whether they are over. Safe for use by many threads.
public final class UnsealedHours implements UsageListener {

    private final Watermarks watermarks;
    private final Duration grace;
    private final InstantSource clock;
    private final Set<TenantHour> changed = new HashSet<>();
    private List<Integer> assigned = List.of();
    private boolean unknown = true;

    /// @param grace how long after its end an hour waits for late events
    /// @param silence after which a producer is dead
    public UnsealedHours(Duration grace, Duration silence, InstantSource clock) {
        this.watermarks = new Watermarks(silence);
        this.grace = grace;
        this.clock = clock;
    }

    @Override
    public void stored(int partition, UsageRecord usage) {
        observe(partition, usage);
        if (usage.data() instanceof Settled settled) {
            mark(TenantHour.of(settled.tenantId(), usage.time()));
        }
    }

    @Override
    public void dropped(int partition, UsageRecord usage) {
        observe(partition, usage);
    }

    @Override
    public void missing(int partition, List<OpenGap> gaps) {
        watermarks.missing(
                partition,
                gaps.stream().map(OpenGap::since).min(Instant::compareTo).orElse(Instant.MAX));
    }

    private void observe(int partition, UsageRecord usage) {
        boolean last = usage.data() instanceof Tick tick && tick.last();
        watermarks.observed(partition, usage.producerid(), usage.producerepoch(), usage.time(), last, clock.instant());
    }

    @Override
    public synchronized void assigned(List<Integer> partitions) {
        watermarks.assigned(partitions, clock.instant());
        assigned = List.copyOf(partitions);
        unknown = true;
    }

    @Override
    public void caughtUp(List<Integer> partitions) {
        Instant now = clock.instant();
        partitions.forEach(partition -> watermarks.caughtUp(partition, now));
    }

    synchronized void mark(TenantHour hour) {
        changed.add(hour);
    }

    /// Partitions whose changed hours must be looked up in ClickHouse, because a former reader may have left some;
    /// empty: nothing to look up.
    synchronized List<Integer> partitionsToLookUp() {
        return unknown ? assigned : List.of();
    }

    synchronized void lookedUp(List<Integer> partitions, List<TenantHour> found) {
        changed.addAll(found);
        if (partitions.equals(assigned)) {
            unknown = false;
        }
    }

    /// How long ago the oldest hour that waits to be sealed ended; zero where none does. Until the grace is over an
    /// hour
    /// waits as it should.
    public synchronized Duration oldestWait() {
        Instant now = clock.instant();
        return changed.stream()
                .map(hour -> Duration.between(hour.end(), now))
                .filter(waited -> !waited.isNegative())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    boolean isOver(TenantHour hour) {
        return watermarks
                .lowest()
                .filter(watermark -> watermark.isAfter(hour.end().plus(grace)))
                .isPresent();
    }

    /// Takes those that can be sealed for good; whoever fails to seal one marks it again.
    synchronized List<TenantHour> takeOver() {
        List<TenantHour> over = changed.stream().filter(this::isOver).toList();
        over.forEach(changed::remove);
        return over;
    }
}
