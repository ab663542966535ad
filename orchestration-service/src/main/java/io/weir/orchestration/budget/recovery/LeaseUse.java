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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the ledger says of some leases, from its events in the order of their partitions: of several settlements of a
/// request the first counts, of several holds the last before it. Keeps nothing of calls of other leases.
final class LeaseUse {

    private record Open(Amount ceiling, Set<String> leases) {}

    private final Set<String> wanted;
    private final Map<String, Open> open = new HashMap<>();
    private final Set<String> resolved = new HashSet<>();
    private final Map<String, Amount> settled = new HashMap<>();
    private final Map<String, Amount> held = new HashMap<>();

    LeaseUse(Set<String> wanted) {
        this.wanted = Set.copyOf(wanted);
    }

    void take(UsageEvent event) {
        switch (event) {
            case Held hold -> hold(hold);
            case Settled settlement -> settle(settlement);
            case Released released -> resolve(released.requestId(), Amount.ZERO);
            case Tick tick -> {}
        }
    }

    private void hold(Held event) {
        List<Debit> debits = event.debits();
        if (debits == null || resolved.contains(event.requestId())) {
            return;
        }
        Set<String> leases =
                debits.stream().map(Debit::lease).filter(wanted::contains).collect(Collectors.toSet());
        Open now = new Open(event.ceiling(), leases);
        count(leases.isEmpty() ? open.remove(event.requestId()) : open.put(event.requestId(), now), false);
        count(now, true);
    }

    private void count(@Nullable Open call, boolean more) {
        if (call != null) {
            call.leases().forEach(lease -> {
                Amount before = held(lease);
                held.put(lease, more ? before.plus(call.ceiling()) : before.minus(call.ceiling()));
            });
        }
    }

    // What nobody could price may cost as much as was held.
    private void settle(Settled settlement) {
        boolean unpriced = settlement.attempts().stream().anyMatch(attempt -> attempt.unpriced() != null);
        resolve(settlement.requestId(), unpriced ? null : settlement.cost());
    }

    private void resolve(String requestId, @Nullable Amount cost) {
        Open call = open.remove(requestId);
        if (call == null) {
            return;
        }
        resolved.add(requestId);
        count(call, false);
        Amount booked = cost == null || cost.compareTo(call.ceiling()) > 0 ? call.ceiling() : cost;
        call.leases().forEach(lease -> settled.merge(lease, booked, Amount::plus));
    }

    /// In all.
    Amount settled(String lease) {
        return settled.getOrDefault(lease, Amount.ZERO);
    }

    /// By calls that nobody settled yet.
    Amount held(String lease) {
        return held.getOrDefault(lease, Amount.ZERO);
    }
}
