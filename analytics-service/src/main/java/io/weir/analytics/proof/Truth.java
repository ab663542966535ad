package io.weir.analytics.proof;

import io.weir.kafka.TenantHeader;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.MalformedUsageException;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.TenantId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// What must be in ClickHouse and sealed, by reading the ledger in order and by nothing of the consumer's own code.
final class Truth {

    private final Map<String, List<String>> rows = new TreeMap<>();
    private final Map<String, Hour> hours = new TreeMap<>();
    private final Set<String> settled = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<TenantId, Long> numbers = new HashMap<>();
    private long records;

    /// What a sealed hour must say.
    static final class Hour {

        private final Map<String, Total> totals = new TreeMap<>();
        private long attempts;
        private long billable;

        private void add(Settled one) {
            billable += one.billable() ? 1 : 0;
            attempts += one.attempts().size();
            for (Attempt attempt : one.attempts()) {
                for (PricedLine line : attempt.lines()) {
                    Total more = new Total(
                            attempt.provider(),
                            attempt.model(),
                            line.ruleId(),
                            line.meter(),
                            line.quantity(),
                            line.cost());
                    totals.merge(attempt.provider() + "/" + line.ruleId() + "/" + line.meter(), more, Hour::sum);
                }
            }
        }

        private static Total sum(Total one, Total two) {
            return new Total(
                    one.provider(),
                    one.model(),
                    one.priceRuleId(),
                    one.meter(),
                    one.quantity() + two.quantity(),
                    one.cost().plus(two.cost()));
        }

        Set<Total> totals() {
            return Set.copyOf(totals.values());
        }

        long attempts() {
            return attempts;
        }

        long billable() {
            return billable;
        }
    }

    /// The next record of its partition.
    void add(ConsumerRecord<String, byte[]> source) {
        records++;
        String place = source.partition() + "/" + source.offset() + " ";
        try {
            UsageRecord usage = LedgerCodec.read(source.value());
            if (usage.data() instanceof OfRequest event
                    && !TenantHeader.read(source.headers()).equals(Optional.of(event.tenantId()))) {
                row("usage_dropped", place + "tenant_mismatch");
                return;
            }
            switch (usage.data()) {
                case Held held -> row("usage_holds", place + "held " + held.requestId());
                case Released released -> released(place, released);
                case Settled one -> settled(place, usage, one);
                case Tick tick -> {}
            }
        } catch (MalformedUsageException malformed) {
            row("usage_dropped", place + "malformed");
        }
    }

    private void released(String place, Released released) {
        row("usage_holds", place + "released " + released.requestId());
        if (ended.add(released.requestId())) {
            outcome(place, released.tenantId(), 1, "released", Amount.ZERO);
        }
    }

    private void settled(String place, UsageRecord usage, Settled one) {
        if (!settled.add(one.requestId())) {
            row("usage_dropped", place + "duplicate_settlement");
            return;
        }
        row("usage_requests", place + one.requestId() + " " + one.cost());
        for (Attempt attempt : one.attempts()) {
            row("usage_attempts", place + one.requestId() + " " + attempt.n() + " " + attempt.cost());
        }
        outcome(place, one.tenantId(), ended.add(one.requestId()) ? 1 : 0, "settled", one.cost());
        hours.computeIfAbsent(one.tenantId() + "/" + usage.time().truncatedTo(ChronoUnit.HOURS), absent -> new Hour())
                .add(one);
    }

    private void outcome(String place, TenantId tenant, long counts, String kind, Amount cost) {
        long number = numbers.merge(tenant, counts, Long::sum);
        row("usage_outcomes", place + kind + " " + number + " " + cost);
    }

    private void row(String table, String row) {
        rows.computeIfAbsent(table, absent -> new ArrayList<>()).add(row);
    }

    /// Each row of each table.
    Map<String, List<String>> rows() {
        return rows;
    }

    /// By tenant and hour, as sealed hours are keyed.
    Map<String, Hour> hours() {
        return hours;
    }

    long records() {
        return records;
    }
}
