package io.weir.gateway.limit;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/// One call's place among those that run. Its fields are its gate's, under the gate's lock.
final class Slot {

    enum Stage {
        NEW,
        WAITING,
        HELD,
        GONE
    }

    volatile @Nullable SlotGate gate;
    Stage stage = Stage.NEW;

    @Nullable
    MonoSink<Boolean> waiting;

    /// Gives back what it has, or stops to wait; at any time, more than once, on any thread.
    void release() {
        SlotGate entered = gate;
        if (entered != null) {
            entered.release(this);
        }
    }
}
