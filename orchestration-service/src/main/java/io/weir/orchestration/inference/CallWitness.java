package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/// What became of one request's money, for whoever put this into the request's context: the books tell it before they
/// tell the ledger, so that what it says of a call that ended is never too little. Safe for use by many threads.
public final class CallWitness {

    /// How far a call got.
    public enum Money {
        /// Nothing was held; the answer, if there is one, cost nothing.
        UNTOUCHED,
        /// Held, and not known to be released: count it as spent.
        HELD,
        RELEASED,
        /// Spent on an answer that is whole.
        SPENT,
        /// Spent on an answer that is not.
        SPENT_IN_VAIN
    }

    private static final CallWitness NOBODY = new CallWitness();

    private volatile Money money = Money.UNTOUCHED;

    public Money money() {
        return money;
    }

    /// The context with this witness of the calls in it.
    public Context in(Context context) {
        return context.put(CallWitness.class, this);
    }

    static CallWitness of(ContextView context) {
        CallWitness found = context.getOrDefault(CallWitness.class, null);
        return found == null ? NOBODY : found;
    }

    void held() {
        tell(Money.HELD);
    }

    void released() {
        tell(Money.RELEASED);
    }

    void settled(Outcome outcome) {
        switch (outcome) {
            case COMPLETED, CUT_OFF -> tell(Money.SPENT);
            case FAILED, CANCELLED, RECOVERED -> tell(Money.SPENT_IN_VAIN);
        }
    }

    private void tell(Money now) {
        if (this != NOBODY) {
            money = now;
        }
    }
}
