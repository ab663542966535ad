package io.weir.billing.rating.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.billing.rating.r2dbc.R2dbcSealedHours;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.TenantId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Checks sealed hours before they are stored. One that cannot be right is refused, and said so in the log, rather
/// than let it stop all others. Signature and rising version were checked by the reader.
///
/// An hour, or a new version of one, for a span whose invoice is final is stored and not billed. The counter
/// `weir.billing.hours.late` tells of it, and a warning in the log.
final class SealedHourIntake {

    private static final Logger LOG = LoggerFactory.getLogger(SealedHourIntake.class);

    private final R2dbcSealedHours hours;
    private final Counter late;

    SealedHourIntake(R2dbcSealedHours hours, MeterRegistry meters) {
        this.hours = hours;
        this.late = Counter.builder("weir.billing.hours.late")
                .baseUnit("hours")
                .description("sealed hours that arrived for a span whose invoice is final, and are not billed")
                .register(meters);
    }

    Mono<Void> take(List<SnapshotChange<SealedHour>> changes) {
        List<SealedHour> good = new ArrayList<>();
        for (SnapshotChange<SealedHour> change : changes) {
            Optional<String> fault = fault(change);
            if (fault.isPresent()) {
                LOG.error("Refused sealed hour {}: {}", change.key(), fault.get());
            } else if (change.value() != null && !change.value().tenantId().equals(TenantId.PLATFORM)) {
                good.add(change.value());
            }
        }
        return good.isEmpty()
                ? Mono.empty()
                : hours.add(good).doOnNext(this::report).then();
    }

    private void report(long tooLate) {
        if (tooLate > 0) {
            late.increment((double) tooLate);
            LOG.warn("{} sealed hours came after their span's invoice was final; they are stored, not billed", tooLate);
        }
    }

    static Optional<String> fault(SnapshotChange<SealedHour> change) {
        SealedHour hour = change.value();
        if (hour == null) {
            return Optional.of("removed (expected: sealed hours stay)");
        }
        if (hour.tenantId() == null || hour.hour() == null || hour.hash() == null || hour.sealedAt() == null) {
            return Optional.of("tenantId, hour, hash or sealedAt is missing");
        }
        if (!hour.key().equals(change.key())) {
            return Optional.of("the record is of " + hour.key() + " (expected: its own key)");
        }
        if (hour.version() != change.version()) {
            return Optional.of("version " + hour.version() + " in a record of version " + change.version());
        }
        if (!hour.hour().equals(hour.hour().truncatedTo(ChronoUnit.HOURS))) {
            return Optional.of("begins at " + hour.hour() + " (expected: a full hour, UTC)");
        }
        if (hour.billableCalls() < 0 || hour.rows() < 0) {
            return Optional.of("negative counts");
        }
        return hour.totals().stream()
                .filter(SealedHourIntake::isFaulty)
                .findFirst()
                .map(total -> "total " + total + " (expected: everything named, nothing negative)");
    }

    private static boolean isFaulty(Total total) {
        return isUnfit(total.provider())
                || isUnfit(total.model())
                || isUnfit(total.priceRuleId())
                || total.meter() == null
                || total.quantity() < 0
                || total.cost() == null
                || total.cost().isNegative();
    }

    // Postgres takes no NUL character; a name has no other control characters either.
    private static boolean isUnfit(String name) {
        return name == null || name.isBlank() || name.chars().anyMatch(Character::isISOControl);
    }
}
