package io.weir.orchestration.budget.lease;

import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Answer;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import io.weir.orchestration.budget.lease.BudgetStore.Fit;
import io.weir.orchestration.budget.lease.BudgetStore.Order;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One window as `budget_sync` and `budget_recover` keep it, in memory, for simulations.
final class ModelStore {

    static final class Row {
        final UUID holder;
        Amount amount = Amount.ZERO;
        Amount settled = Amount.ZERO;
        boolean tight;
        boolean recalled;

        Row(UUID holder) {
            this.holder = holder;
        }
    }

    Amount limit;
    long version;
    Amount settled = Amount.ZERO;
    Amount leased = Amount.ZERO;
    final Map<UUID, Row> rows = new LinkedHashMap<>();
    final Set<UUID> dead;

    ModelStore(Amount limit, Set<UUID> dead) {
        this.limit = limit;
        this.dead = dead;
    }

    Answer sync(Order order) {
        if (order.terms().version() >= version) {
            version = order.terms().version();
            limit = order.terms().limit();
        }
        Row row = rows.get(order.lease());
        if (row != null) {
            Amount delta = order.settled().minus(row.settled);
            if (delta.isNegative() || delta.plus(order.keep()).compareTo(row.amount) > 0) {
                throw new AssertionError("settled " + order.settled() + " keeps " + order.keep() + ", has "
                        + row.settled + " settled, " + row.amount);
            }
            settled = settled.plus(delta);
            leased = leased.minus(row.amount).plus(order.keep());
        } else if (!order.settled().isZero() || !order.keep().isZero()) {
            return new Answer(false, false, List.of(), Amount.ZERO, balance(), Amount.ZERO, Amount.ZERO);
        }
        Amount loose = Amount.ZERO;
        Amount doubtful = Amount.ZERO;
        for (Map.Entry<UUID, Row> other : rows.entrySet()) {
            if (!other.getKey().equals(order.lease())) {
                if (dead.contains(other.getValue().holder)) {
                    doubtful = doubtful.plus(other.getValue().amount);
                } else if (!other.getValue().tight) {
                    loose = loose.plus(other.getValue().amount);
                }
            }
        }
        return granted(order, row, loose, doubtful);
    }

    private Answer granted(Order order, @Nullable Row known, Amount loose, Amount doubtful) {
        Amount room = limit.minus(settled).minus(leased);
        Amount total = order.needs().stream().reduce(Amount.ZERO, Amount::plus);
        Amount chunk = order.chunk() ? chunk(room) : Amount.ZERO;
        List<Fit> fits = new ArrayList<>();
        Amount given = Amount.ZERO;
        boolean more = !total.isZero()
                && total.compareTo(chunk) <= 0
                && room.minus(chunk).compareTo(times(limit, "0.02")) >= 0;
        if (more) {
            given = chunk;
            order.needs().forEach(need -> fits.add(Fit.GRANTED));
        } else {
            for (Amount need : order.needs()) {
                Amount left = room.minus(given);
                if (need.compareTo(left) <= 0) {
                    given = given.plus(need);
                    fits.add(Fit.GRANTED);
                } else if (order.tight() && need.compareTo(left.plus(loose).plus(doubtful)) > 0) {
                    fits.add(Fit.NEVER);
                } else {
                    fits.add(Fit.NOT_NOW);
                }
            }
        }
        leased = leased.plus(given);
        if (fits.contains(Fit.NOT_NOW)) {
            rows.forEach((id, row) -> row.recalled |= !row.tight && !id.equals(order.lease()));
        }
        keep(order, known, given, more);
        return new Answer(
                known != null || !given.isZero(),
                false,
                fits,
                more ? given.minus(total) : Amount.ZERO,
                balance(),
                loose,
                doubtful);
    }

    private void keep(Order order, @Nullable Row known, Amount given, boolean more) {
        if (order.close() && order.keep().plus(given).isZero()) {
            rows.remove(order.lease());
            return;
        }
        if (known == null && given.isZero()) {
            return;
        }
        Row row = known == null ? new Row(order.holder()) : known;
        rows.put(order.lease(), row);
        row.amount = order.keep().plus(given);
        row.settled = order.settled();
        row.tight = order.tight() && !more;
        row.recalled &= !order.tight();
    }

    void recover(UUID lease, Amount total, Amount open) {
        Row row = rows.get(lease);
        if (row == null) {
            return;
        }
        Amount delta = total.minus(row.settled).isNegative() ? Amount.ZERO : total.minus(row.settled);
        Amount rest = row.amount.minus(delta).compareTo(open) < 0 ? row.amount.minus(delta) : open;
        rest = rest.isNegative() ? Amount.ZERO : rest;
        settled = settled.plus(delta);
        leased = leased.minus(row.amount).plus(rest);
        row.amount = rest;
        row.settled = row.settled.plus(delta);
        if (open.isZero()) {
            rows.remove(lease);
        }
    }

    private Balance balance() {
        return new Balance(limit, settled, leased);
    }

    private Amount chunk(Amount room) {
        BigDecimal most = times(limit, "0.015").value();
        BigDecimal part = room.value().multiply(new BigDecimal("0.05"));
        return new Amount(most.min(part).setScale(Amount.SCALE, RoundingMode.DOWN));
    }

    private static Amount times(Amount amount, String factor) {
        return new Amount(amount.value().multiply(new BigDecimal(factor)).setScale(Amount.SCALE, RoundingMode.DOWN));
    }
}
