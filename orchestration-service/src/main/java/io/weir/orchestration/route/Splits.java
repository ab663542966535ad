package io.weir.orchestration.route;

import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TrafficSplit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The splits in force: those of the settings, and in place of them what the control plane says of the same names, as
/// long as it says so. Safe for use by many threads.
final class Splits {

    private final Map<String, Split> stated;
    private final Map<String, Split> told = new ConcurrentHashMap<>();

    /// @param stated by the settings
    Splits(Map<String, Split> stated) {
        this.stated = Map.copyOf(stated);
    }

    /// Begins at once.
    static Splits following(SnapshotTable<TrafficSplit> decided, Map<String, Split> stated) {
        Splits splits = new Splits(stated);
        decided.onChange(splits::changed);
        return splits;
    }

    private void changed(SnapshotChange<TrafficSplit> change) {
        TrafficSplit now = change.value();
        if (now == null) {
            told.remove(change.key());
        } else {
            told.put(change.key(), new Split(change.key(), now.weights()));
        }
    }

    /// Empty: nothing shares the calls of that name.
    Optional<Split> find(String name) {
        Split split = told.get(name);
        return Optional.ofNullable(split == null ? stated.get(name) : split);
    }
}
