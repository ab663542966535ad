package io.weir.orchestration.budget;

import io.weir.orchestration.budget.lease.LeasedHold;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What a call holds while it asks for more: either all of it is handed on, or all of it is given back, also what comes
/// after that. Safe for use by many threads.
final class HeldSoFar {

    private final Consumer<LeasedHold> giveBack;
    private final List<LeasedHold> holds = new ArrayList<>();
    private boolean handedOn;
    private boolean givenBack;

    HeldSoFar(Consumer<LeasedHold> giveBack) {
        this.giveBack = giveBack;
    }

    /// False: nobody waits for it any more, and it is given back.
    boolean add(LeasedHold hold) {
        synchronized (this) {
            if (!givenBack) {
                holds.add(hold);
                return true;
            }
        }
        giveBack.accept(hold);
        return false;
    }

    synchronized List<LeasedHold> all() {
        return List.copyOf(holds);
    }

    /// From now on it is the call's own. False: it was given back.
    synchronized boolean handOn() {
        handedOn = !givenBack;
        return handedOn;
    }

    /// Gives it back, to ask for less.
    void startAnew() {
        giveBack(false);
    }

    /// Gives all of it back for good, unless it was handed on.
    void giveBack() {
        giveBack(true);
    }

    private void giveBack(boolean forGood) {
        List<LeasedHold> before;
        synchronized (this) {
            if (handedOn) {
                return;
            }
            givenBack |= forGood;
            before = List.copyOf(holds);
            holds.clear();
        }
        before.forEach(giveBack);
    }
}
