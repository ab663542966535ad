package io.weir.orchestration.budget;

import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.tenancy.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Budget definitions by whose calls they count, and by whose they are. Made before the table is read, it has all that
/// the table has; what it says of a call is of one moment.
final class BudgetIndex {

    private final Map<String, List<BudgetSnapshot>> byTarget = new ConcurrentHashMap<>();
    private final Map<TenantId, List<BudgetSnapshot>> byOwner = new ConcurrentHashMap<>();
    private final Map<String, BudgetSnapshot> byId = new ConcurrentHashMap<>();

    BudgetIndex(SnapshotTable<BudgetSnapshot> table) {
        table.onChange(this::follow);
        table.all().forEach(budget -> follow(new SnapshotChange<>(budget.id(), budget, budget.version())));
    }

    // A definition that is replaced is never absent meanwhile.
    synchronized void follow(SnapshotChange<BudgetSnapshot> change) {
        BudgetSnapshot now = change.value();
        BudgetSnapshot before = now == null ? byId.remove(change.key()) : byId.put(change.key(), now);
        if (now != null) {
            add(byTarget, now.target(), now);
            add(byOwner, now.tenantId(), now);
        }
        if (before != null && (now == null || !now.target().equals(before.target()))) {
            remove(byTarget, before.target(), before);
        }
        if (before != null && (now == null || !now.tenantId().equals(before.tenantId()))) {
            remove(byOwner, before.tenantId(), before);
        }
    }

    private static <K> void add(Map<K, List<BudgetSnapshot>> map, K key, BudgetSnapshot budget) {
        map.merge(
                key,
                List.of(budget),
                (known, one) ->
                        Stream.concat(others(known, budget), one.stream()).toList());
    }

    private static <K> void remove(Map<K, List<BudgetSnapshot>> map, K key, BudgetSnapshot budget) {
        map.computeIfPresent(key, (same, known) -> {
            List<BudgetSnapshot> left = others(known, budget).toList();
            return left.isEmpty() ? null : left;
        });
    }

    private static Stream<BudgetSnapshot> others(List<BudgetSnapshot> known, BudgetSnapshot budget) {
        return known.stream().filter(one -> !one.id().equals(budget.id()));
    }

    Optional<BudgetSnapshot> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    List<BudgetSnapshot> of(Collection<String> wanted) {
        return wanted.stream()
                .flatMap(target -> byTarget.getOrDefault(target, List.of()).stream())
                .toList();
    }

    List<BudgetSnapshot> ownedBy(TenantId tenant) {
        return byOwner.getOrDefault(tenant, List.of());
    }
}
