package io.weir.billing.rerating;

import io.weir.billing.rerating.RowPricing.Outcome;
import io.weir.billing.rerating.UsageRow.Line;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What comes of a span's rows, added up as they come. For one thread at a time.
final class Rerated {

    private final Map<TenantId, Sums> tenants = new TreeMap<>(Comparator.comparing(TenantId::value));
    private final Map<Key, Moved> moved = new TreeMap<>();

    /// What a correction is of: the totals of sealed hours have the same key.
    record Key(TenantId tenant, Instant hour, String provider, String model, String rule, Meter meter)
            implements Comparable<Key> {

        private static final Comparator<Key> ORDER = Comparator.comparing(
                        (Key key) -> key.tenant().value())
                .thenComparing(Key::hour)
                .thenComparing(Key::provider)
                .thenComparing(Key::model)
                .thenComparing(Key::rule)
                .thenComparing(Key::meter);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /// What is to be added to such a total; may be less than nothing.
    record Delta(Key key, long quantity, Amount cost) {}

    /// One tenant's rows.
    ///
    /// @param rows all of them; those that are unchanged, changed, released, without a price still, or kept
    /// @param before what they cost as they were counted
    /// @param after what they cost now
    record OfTenant(
            TenantId tenantId,
            long rows,
            long unchanged,
            long changed,
            long released,
            long unpriced,
            long kept,
            Amount before,
            Amount after,
            Amount difference) {}

    void add(UsageRow row, Outcome outcome) {
        Sums sums = tenants.computeIfAbsent(row.tenantId(), any -> new Sums());
        sums.rows++;
        sums.before = sums.before.plus(row.cost());
        sums.after = sums.after.plus(
                switch (outcome) {
                    case Outcome.Unchanged unchanged -> {
                        sums.unchanged++;
                        yield row.cost();
                    }
                    case Outcome.Changed(List<Line> lines, Amount cost) -> {
                        sums.changed++;
                        move(row, row.lines(), -1);
                        move(row, lines, 1);
                        yield cost;
                    }
                    case Outcome.Released(List<Line> lines, Amount cost) -> {
                        sums.released++;
                        move(row, lines, 1);
                        yield cost;
                    }
                    case Outcome.StillUnpriced unpriced -> {
                        sums.unpriced++;
                        yield row.cost();
                    }
                    case Outcome.Kept kept -> {
                        sums.kept++;
                        yield row.cost();
                    }
                });
    }

    private void move(UsageRow row, List<Line> lines, int sign) {
        for (Line line : lines) {
            Key key = new Key(row.tenantId(), row.hour(), row.provider(), row.model(), line.ruleId(), line.meter());
            Moved sum = moved.computeIfAbsent(key, any -> new Moved());
            sum.quantity += sign * line.quantity();
            sum.cost = sign > 0 ? sum.cost.plus(line.cost()) : sum.cost.minus(line.cost());
        }
    }

    /// What moves, in order; where all moved back nothing does.
    List<Delta> deltas() {
        List<Delta> deltas = new ArrayList<>();
        moved.forEach((key, sum) -> {
            if (sum.quantity != 0 || !sum.cost.isZero()) {
                deltas.add(new Delta(key, sum.quantity, sum.cost));
            }
        });
        return deltas;
    }

    /// By tenant, in the order of their ids.
    List<OfTenant> tenants() {
        List<OfTenant> all = new ArrayList<>();
        tenants.forEach((tenant, sums) -> all.add(sums.of(tenant)));
        return all;
    }

    private static final class Moved {
        private long quantity;
        private Amount cost = Amount.ZERO;
    }

    private static final class Sums {
        private long rows;
        private long unchanged;
        private long changed;
        private long released;
        private long unpriced;
        private long kept;
        private Amount before = Amount.ZERO;
        private Amount after = Amount.ZERO;

        OfTenant of(TenantId tenant) {
            return new OfTenant(
                    tenant, rows, unchanged, changed, released, unpriced, kept, before, after, after.minus(before));
        }
    }
}
