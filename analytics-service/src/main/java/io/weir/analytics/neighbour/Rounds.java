package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.Windows.Place;
import io.weir.analytics.neighbour.detection.Detector;
import io.weir.analytics.neighbour.detection.Finding;
import io.weir.analytics.neighbour.detection.Use;
import io.weir.analytics.neighbour.detection.Use.Usual;
import io.weir.analytics.neighbour.ladder.Case;
import io.weir.analytics.neighbour.ladder.Ladder;
import io.weir.analytics.neighbour.ladder.Watched;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// One window after another: measure, find, decide. For one thread, of the one instance that leads. What it remembers
/// between rounds is patience alone; decisions are read again each time, so that another instance's, and an
/// operator's, count from the next round on.
final class Rounds {

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    // What is older ended by itself.
    private static final Duration TOLD_AGE = Duration.ofDays(1);
    private static final Duration RECENT = Duration.ofHours(1);

    private final NeighbourProperties properties;
    private final Windows windows;
    private final Cases cases;
    private final Decisions decisions;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final NeighbourMeters meters;
    private final Detector detector;
    private final Ladder ladder;
    private final Map<TenantId, Watched> watched = new HashMap<>();
    private final Map<TenantId, Long> told = new HashMap<>();
    private Map<Place, Usual> usual = Map.of();
    private Instant usualAt = Instant.EPOCH;
    private Instant measuredTo = Instant.EPOCH;

    Rounds(
            NeighbourProperties properties,
            Windows windows,
            Cases cases,
            Decisions decisions,
            SnapshotTable<TenantSnapshot> tenants,
            NeighbourMeters meters) {
        this.properties = properties;
        this.windows = windows;
        this.cases = cases;
        this.decisions = decisions;
        this.tenants = tenants;
        this.meters = meters;
        this.detector = new Detector(properties.thresholds());
        this.ladder = new Ladder(properties.patience());
    }

    /// Another instance leads from now on: what is remembered here grows old.
    void forget() {
        watched.clear();
        told.clear();
        usual = Map.of();
        usualAt = Instant.EPOCH;
        measuredTo = Instant.EPOCH;
        meters.nothing();
    }

    /// To the millisecond. Fails with what stood in the way; the next round does what this one could not.
    void round(Instant now) {
        adopt(await(cases.latest(now)));
        Map<TenantId, Finding> findings = new HashMap<>();
        List<Use> window = measure(now);
        if (!window.isEmpty()) {
            List<Finding> found = detector.detect(window);
            meters.found(found.size());
            // A tenant's worst place stands for it.
            found.forEach(one -> findings.merge(
                    one.tenant(), one, (a, b) -> a.shareOverFairShare() >= b.shareOverFairShare() ? a : b));
        }
        Set<TenantId> all = new HashSet<>(watched.keySet());
        all.addAll(findings.keySet());
        for (TenantId tenant : all) {
            Watched before = watched.computeIfAbsent(tenant, id -> Watched.of(Case.blank(id)));
            // A window in which nothing was measured tells nothing, but time passes.
            if (!window.isEmpty() || !before.last().isOpen(now)) {
                advance(before, findings.get(tenant), now);
            }
        }
        tellWhatIsUntold(now);
        meters.open(watched.values().stream().map(Watched::last).toList(), now);
    }

    private void adopt(List<Case> latest) {
        for (Case one : latest) {
            watched.merge(one.tenantId(), Watched.of(one), (known, read) -> known.under(one));
        }
    }

    private List<Use> measure(Instant now) {
        Instant to = now.minus(properties.delay());
        Instant from = to.minus(properties.window());
        if (usualAt.isBefore(now.minus(usualAge())) || usual.isEmpty()) {
            // What is usual ends before the present trouble, or that of a moment ago, began.
            Instant until = watched.values().stream()
                    .flatMap(one -> began(one, now).stream())
                    .map(since -> since.minus(properties.window()))
                    .filter(since -> since.isBefore(from))
                    .min(Instant::compareTo)
                    .orElse(from);
            usual = await(windows.usual(until.minus(properties.usual()), until, properties.window()));
            usualAt = now;
        }
        // Each call is in the newest part of one window; the first one has no part that is new.
        Instant latest = measuredTo.isBefore(from) ? to : measuredTo;
        List<Use> window = await(windows.window(from, to, latest, usual, this::weight));
        measuredTo = to;
        return window;
    }

    private static Optional<Instant> began(Watched one, Instant now) {
        Case last = one.last();
        if (one.since() != null) {
            return Optional.of(one.since());
        }
        boolean recent = !last.byHand() && last.at().isAfter(now.minus(RECENT));
        return recent ? Optional.of(last.since()) : Optional.empty();
    }

    // It changes slowly, and is much to read.
    private Duration usualAge() {
        return properties.step().multipliedBy(6);
    }

    private double weight(TenantId tenant) {
        return properties.weight(
                tenants.find(tenant.toString()).map(TenantSnapshot::plan).orElse(null));
    }

    private void advance(Watched before, @Nullable Finding finding, Instant now) {
        Watched after = ladder.after(before, finding, now);
        if (after.last().version() != before.last().version()) {
            await(decisions.record(after.last()).thenReturn(true));
        }
        watched.put(after.last().tenantId(), after);
    }

    // Also what an instance recorded before it died.
    private void tellWhatIsUntold(Instant now) {
        for (Watched one : new ArrayList<>(watched.values())) {
            Case last = one.last();
            if (last.at().isAfter(now.minus(TOLD_AGE)) && told.getOrDefault(last.tenantId(), 0L) < last.version()) {
                try {
                    await(decisions.tell(last).thenReturn(true));
                    told.put(last.tenantId(), last.version());
                } catch (RuntimeException away) {
                    LOG.warn("A decision about tenant {} is told later: {}", last.tenantId(), away.toString());
                }
            }
            if (one.isOver() && last.version() == 0) {
                watched.remove(last.tenantId());
            }
        }
    }

    private static <T> T await(Mono<T> answer) {
        return Objects.requireNonNull(answer.block(LIMIT));
    }
}
