package io.weir.billing.budget;

import io.weir.billing.budget.R2dbcBudgets.Stored;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.Collection;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Keeps each tenant's monthly budget as its snapshot has it, and publishes it.
///
/// A crash between storing and publishing heals by itself: after a restart every tenant's snapshot comes again, and
/// what is stored is published again under the same version, which readers that have it ignore.
final class TenantBudgets {

    private static final int PUBLISHING_AT_ONCE = 64;

    private final R2dbcBudgets budgets;
    private final SnapshotPublisher publisher;

    TenantBudgets(R2dbcBudgets budgets, SnapshotPublisher publisher) {
        this.budgets = budgets;
        this.publisher = publisher;
    }

    /// Completes when the budgets are stored and the broker has them.
    Mono<Void> follow(List<SnapshotChange<TenantSnapshot>> changes) {
        Collection<TenantCap> caps = TenantCap.latestOf(changes);
        return caps.isEmpty()
                ? Mono.empty()
                : budgets.apply(caps)
                        .flatMapMany(Flux::fromIterable)
                        .flatMap(this::publish, PUBLISHING_AT_ONCE)
                        .then();
    }

    /// Completes when the broker has it.
    Mono<Void> publish(Stored stored) {
        BudgetSnapshot snapshot = stored.snapshot();
        return snapshot == null
                ? publisher.remove(SnapshotTopic.BUDGETS, stored.id(), stored.version())
                : publisher.publish(SnapshotTopic.BUDGETS, stored.id(), stored.version(), snapshot);
    }
}
