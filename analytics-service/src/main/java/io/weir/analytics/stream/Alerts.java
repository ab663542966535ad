package io.weir.analytics.stream;

import io.weir.analytics.stream.Frame.Budget;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// Alerts of the last time, and the streams to which further ones are told. Whoever joins is told those that are
/// kept, so that one raised during a break is not missed; it may come twice, under the same id. Safe for use by
/// many threads; tells without waiting.
final class Alerts {

    private static final int MOST = 10_000;
    // Of one tenant, two for each budget that it may have: who raises more pushes out only its own.
    private static final int MOST_OF_TENANT = 1_000;

    private final Duration kept;
    private final Map<TenantId, Map<String, BudgetAlert>> byTenant = new HashMap<>();
    private final SequencedSet<BudgetAlert> inOrder = new LinkedHashSet<>();
    private final Map<TenantId, Set<Reader>> readers = new HashMap<>();

    Alerts(Duration kept) {
        this.kept = kept;
    }

    private record Reader(Audience audience, Outbox outbox) {}

    /// Tells it what is kept and what follows, until it ends.
    void join(Audience audience, Outbox outbox, Instant now) {
        Reader reader = new Reader(audience, outbox);
        synchronized (this) {
            forget(now);
            readers.computeIfAbsent(audience.tenant(), absent -> new HashSet<>())
                    .add(reader);
            byTenant.getOrDefault(audience.tenant(), Map.of()).values().forEach(alert -> tell(reader, alert));
        }
        outbox.ended().subscribe(why -> leave(reader));
    }

    private synchronized void leave(Reader reader) {
        readers.computeIfPresent(reader.audience().tenant(), (tenant, all) -> {
            all.remove(reader);
            return all.isEmpty() ? null : all;
        });
    }

    /// Keeps it and tells it, unless it was told before or is too old.
    synchronized void raise(BudgetAlert alert, Instant now) {
        forget(now);
        Map<String, BudgetAlert> known = byTenant.computeIfAbsent(alert.tenant(), absent -> new LinkedHashMap<>());
        if (alert.time().isBefore(now.minus(kept)) || known.putIfAbsent(alert.id(), alert) != null) {
            byTenant.remove(alert.tenant(), Map.of());
            return;
        }
        inOrder.addLast(alert);
        if (known.size() > MOST_OF_TENANT) {
            forget(known.values().iterator().next());
        }
        // Whoever is told may leave at that.
        List.copyOf(readers.getOrDefault(alert.tenant(), Set.of())).forEach(reader -> tell(reader, alert));
    }

    private static void tell(Reader reader, BudgetAlert alert) {
        if (alert.isFor(reader.audience())) {
            reader.outbox().add(new Budget(0, alert));
        }
    }

    private void forget(Instant now) {
        while (!inOrder.isEmpty()
                && (inOrder.size() >= MOST || inOrder.getFirst().time().isBefore(now.minus(kept)))) {
            forget(inOrder.getFirst());
        }
    }

    private void forget(BudgetAlert gone) {
        inOrder.remove(gone);
        byTenant.computeIfPresent(gone.tenant(), (tenant, all) -> {
            all.remove(gone.id());
            return all.isEmpty() ? null : all;
        });
    }
}
