package io.weir.gateway.authentication;

import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.MemberSnapshot;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The members of all tenants, where people may sign in at all.
final class Memberships {

    private final MemberIndex index;
    private final @Nullable SnapshotTable<MemberSnapshot> members;

    /// @param members null where no issuer is set up
    Memberships(MemberIndex index, @Nullable SnapshotTable<MemberSnapshot> members) {
        this.index = index;
        this.members = members;
        // First, so that whoever is told later finds the index changed.
        onChange(index::changed);
    }

    MemberIndex index() {
        return index;
    }

    boolean areReady() {
        return members != null && members.isReady();
    }

    void onChange(Consumer<SnapshotChange<MemberSnapshot>> listener) {
        if (members != null) {
            members.onChange(listener);
        }
    }
}
