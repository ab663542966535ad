package io.weir.orchestration.budget;

import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.BudgetSnapshot;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Budget definitions by whose calls they count. Made before the table is read, it has all that the table has.
final class BudgetIndex {

    private final SnapshotTable<BudgetSnapshot> table;
    private final Map<String, List<BudgetSnapshot>> byTarget = new ConcurrentHashMap<>();
    private final Map<String, String> targets = new ConcurrentHashMap<>();

    BudgetIndex(SnapshotTable<BudgetSnapshot> table) {
        this.table = table;
        table.onChange(this::follow);
        table.all().forEach(budget -> follow(new SnapshotChange<>(budget.id(), budget, budget.version())));
    }

    // On the reader's thread only; a definition that is replaced is never absent meanwhile.
    private synchronized void follow(SnapshotChange<BudgetSnapshot> change) {
        BudgetSnapshot budget = change.value();
        String target = budget == null ? targets.remove(change.key()) : budget.target();
        if (target == null) {
            return;
        }
        byTarget.compute(target, (word, known) -> {
            Stream<BudgetSnapshot> others = known == null
                    ? Stream.of()
                    : known.stream().filter(one -> !one.id().equals(change.key()));
            List<BudgetSnapshot> now =
                    Stream.concat(others, Stream.ofNullable(budget)).toList();
            return now.isEmpty() ? null : now;
        });
        if (budget != null) {
            targets.put(change.key(), target);
        }
    }

    Optional<BudgetSnapshot> find(String id) {
        return table.find(id);
    }

    boolean has(String id) {
        return find(id).isPresent();
    }

    List<BudgetSnapshot> of(Collection<String> wanted) {
        return wanted.stream()
                .flatMap(target -> byTarget.getOrDefault(target, List.of()).stream())
                .toList();
    }
}
