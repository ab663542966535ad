package io.weir.analytics.sealing;

import io.weir.analytics.sealing.SealedVersions.Version;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.SealedHour;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Seals one hour: adds it up, and publishes a new version if anything changed. Not safe for concurrent use on the
/// same hour; [HourSealing] keeps such calls apart.
final class HourSealer {

    private static final Logger LOG = LoggerFactory.getLogger(HourSealer.class);

    private final HourTotals totals;
    private final SealedVersions versions;
    private final SnapshotPublisher publisher;
    private final InstantSource clock;

    HourSealer(HourTotals totals, SealedVersions versions, SnapshotPublisher publisher, InstantSource clock) {
        this.totals = totals;
        this.versions = versions;
        this.publisher = publisher;
        this.clock = clock;
    }

    /// The version that stands for the hour now. An hour that was closed once stays closed.
    ///
    /// @param over whether nothing more is expected for it
    Mono<SealedHour> seal(TenantHour hour, boolean over) {
        // Rows before totals: should rows arrive in between, the next look sees that the hash changed.
        return totals.of(hour).flatMap(sum -> versions.latest(hour).flatMap(latest -> settle(hour, over, sum, latest)));
    }

    /// Publishes what a crash kept from being published.
    Mono<Void> republish() {
        return versions.unpublished()
                .flatMapIterable(found -> found)
                .concatMap(this::publish)
                .then();
    }

    private Mono<SealedHour> settle(TenantHour hour, boolean over, HourTotals.Sum sum, Optional<Version> latest) {
        SealedHour before = latest.map(Version::sealed).orElse(null);
        boolean open = !over && (before == null || before.open());
        SealedHour now = new SealedHour(
                hour.tenant(),
                hour.hour(),
                before == null ? 1 : before.version() + 1,
                open,
                sum.totals(),
                sum.billable(),
                sum.rows(),
                sum.hash(),
                clock.instant());
        if (before == null || !same(before, now)) {
            Version next = new Version(now, sum.requests(), false);
            return versions.record(next).then(publish(next));
        }
        Version known = latest.orElseThrow();
        return known.published() ? Mono.just(before) : publish(known);
    }

    private Mono<SealedHour> publish(Version version) {
        SealedHour sealed = version.sealed();
        return publisher
                .publish(SnapshotTopic.SEALED_HOURS, sealed.key(), sealed.version(), sealed)
                .then(versions.record(new Version(sealed, version.requests(), true)))
                .doOnSuccess(done -> LOG.info(
                        "Sealed {} version {} (open: {}, rows: {})",
                        sealed.key(),
                        sealed.version(),
                        sealed.open(),
                        sealed.rows()))
                .thenReturn(sealed);
    }

    private static boolean same(SealedHour before, SealedHour now) {
        return before.open() == now.open()
                && before.hash().equals(now.hash())
                && before.rows() == now.rows()
                && before.billableCalls() == now.billableCalls()
                && before.totals().equals(now.totals());
    }
}
