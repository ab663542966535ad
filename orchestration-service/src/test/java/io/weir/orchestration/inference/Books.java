package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import reactor.util.context.ContextView;

/// What the books say of a call's money, in tests that have no books.
public final class Books {

    private Books() {}

    public static void held(ContextView context) {
        CallWitness.of(context).held();
    }

    public static void released(ContextView context) {
        CallWitness.of(context).held();
        CallWitness.of(context).released();
    }

    public static void settled(ContextView context, Outcome outcome) {
        CallWitness.of(context).held();
        CallWitness.of(context).settled(outcome);
    }
}
