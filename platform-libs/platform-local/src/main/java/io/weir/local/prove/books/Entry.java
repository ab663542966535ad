package io.weir.local.prove.books;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request as the ledger has it: of several settlements the first in its partition counts.
public final class Entry {

    private final String requestId;
    private final String tenant;
    private long ceiling;
    private boolean held;
    private boolean released;
    private @Nullable List<Row> attempts;
    private long cost;
    private boolean recovered;
    private boolean billable;
    private int duplicates;

    Entry(String requestId, String tenant) {
        this.requestId = requestId;
        this.tenant = tenant;
    }

    void hold(long most) {
        held = true;
        ceiling = most;
    }

    void release() {
        released = true;
    }

    /// False: it was settled before.
    boolean settle(List<Row> rows, long amount, boolean byOthers, boolean counts) {
        if (attempts != null) {
            duplicates++;
            return false;
        }
        attempts = List.copyOf(rows);
        cost = amount;
        recovered = byOthers;
        billable = counts;
        return true;
    }

    String requestId() {
        return requestId;
    }

    String tenant() {
        return tenant;
    }

    long ceiling() {
        return ceiling;
    }

    boolean isHeld() {
        return held;
    }

    boolean isOpen() {
        return held && !released && attempts == null;
    }

    boolean isReleased() {
        return released && attempts == null;
    }

    boolean isSettled() {
        return attempts != null;
    }

    boolean isRecovered() {
        return recovered;
    }

    boolean isBillable() {
        return billable;
    }

    List<Row> attempts() {
        return attempts == null ? List.of() : attempts;
    }

    long cost() {
        return cost;
    }

    int duplicates() {
        return duplicates;
    }
}
