package io.weir.orchestration.lane;

import reactor.util.context.Context;
import reactor.util.context.ContextView;

/// How much a call matters where not all can be served. Travels in the Reactor context of the call.
public enum Priority {
    /// Somebody waits for the answer.
    INTERACTIVE(1),
    /// Work that may as well be done later: shed first, and with a tenth of its tenant's weight where
    /// it queues.
    BATCH(0.1);

    private final double factor;

    Priority(double factor) {
        this.factor = factor;
    }

    /// Of a call's context; [#INTERACTIVE] where it says nothing.
    public static Priority of(ContextView context) {
        Priority told = context.getOrDefault(Priority.class, null);
        return told == null ? INTERACTIVE : told;
    }

    /// The context with this priority in it, for `contextWrite`.
    public Context in(Context context) {
        return context.put(Priority.class, this);
    }

    double factor() {
        return factor;
    }
}
