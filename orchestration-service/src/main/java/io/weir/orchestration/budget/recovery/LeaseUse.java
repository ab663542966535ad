package io.weir.orchestration.budget.recovery;

import io.weir.ledger.UsageEvent;
import io.weir.ledger.UsageEvent.Debit;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.money.Amount;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the ledger says of leases, from its events in the order of their partitions: of several settlements of a
/// request the first counts, of several holds the last before it.
final class LeaseUse {

    private record Open(Amount ceiling, Set<String> leases) {}

    private final Map<String, Open> open = new HashMap<>();
    private final Map<String, Amount> settled = new HashMap<>();
    private final Set<String> resolved = new HashSet<>();

    void take(UsageEvent event) {
        switch (event) {
            case Held held -> hold(held);
            case Settled settlement -> resolve(settlement.requestId(), settlement.cost());
            case Released released -> resolve(released.requestId(), Amount.ZERO);
            case Tick tick -> {}
        }
    }

    private void hold(Held held) {
        List<Debit> debits = held.debits();
        if (debits == null || resolved.contains(held.requestId())) {
            return;
        }
        Set<String> leases = new HashSet<>();
        debits.forEach(debit -> leases.add(debit.lease()));
        open.put(held.requestId(), new Open(held.ceiling(), leases));
    }

    private void resolve(String requestId, Amount cost) {
        Open held = open.remove(requestId);
        if (!resolved.add(requestId) || held == null) {
            return;
        }
        Amount booked = cost.compareTo(held.ceiling()) > 0 ? held.ceiling() : cost;
        held.leases().forEach(lease -> settled.merge(lease, booked, Amount::plus));
    }

    /// In all.
    Amount settled(String lease) {
        @Nullable Amount sum = settled.get(lease);
        return sum == null ? Amount.ZERO : sum;
    }

    /// By calls that nobody settled yet.
    Amount held(String lease) {
        return open.values().stream()
                .filter(one -> one.leases().contains(lease))
                .map(Open::ceiling)
                .reduce(Amount.ZERO, Amount::plus);
    }
}
