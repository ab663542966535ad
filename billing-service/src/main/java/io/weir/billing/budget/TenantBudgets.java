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
/// A crash between storing and publishing heals by itself: what the broker is not known to have is published again
/// under the same version, which readers that have it ignore. Whatever overtakes what, the broker's last word on a
/// budget is what is stored: who sent an older version looks afterwards, and where it died before that, the start
/// after it publishes all budgets of all tenants again, as their snapshots come in.
final class TenantBudgets {

    private static final int PUBLISHING_AT_ONCE = 64;

    private final R2dbcBudgets budgets;
    private final R2dbcPublications publications;
    private final SnapshotPublisher publisher;

    TenantBudgets(R2dbcBudgets budgets, R2dbcPublications publications, SnapshotPublisher publisher) {
        this.budgets = budgets;
        this.publications = publications;
        this.publisher = publisher;
    }

    /// Completes when the budgets are stored and the broker has them.
    Mono<Void> follow(List<SnapshotChange<TenantSnapshot>> changes) {
        Collection<TenantCap> caps = TenantCap.latestOf(changes);
        return caps.isEmpty() ? Mono.empty() : budgets.apply(caps).flatMap(this::publishAll);
    }

    /// Completes when the broker has it, or what replaced it meanwhile.
    Mono<Void> publish(Stored stored) {
        return publishAll(List.of(stored));
    }

    /// Completes when the broker has them, or what replaced them meanwhile.
    Mono<Void> publishAll(List<Stored> stored) {
        return stored.isEmpty()
                ? Mono.empty()
                : Flux.fromIterable(stored)
                        .flatMap(this::send, PUBLISHING_AT_ONCE)
                        .then(Mono.defer(() -> publications.told(stored)))
                        .flatMap(this::publishAll);
    }

    private Mono<Void> send(Stored stored) {
        BudgetSnapshot snapshot = stored.snapshot();
        return snapshot == null
                ? publisher.remove(SnapshotTopic.BUDGETS, stored.id(), stored.version())
                : publisher.publish(SnapshotTopic.BUDGETS, stored.id(), stored.version(), snapshot);
    }
}
