package io.weir.r2dbc.placement.move;

import java.util.Locale;

/// How far a move is. Before [#SWITCHED] the tenant is where it was, and a failure goes back there; from then on it is
/// at the target, and the move goes on until the source is cleared.
public enum MoveState {
    /// The rows as they were at one instant are copied.
    COPYING,
    /// What was written since is applied.
    CATCHING_UP,
    /// Writers wait; the last changes are applied.
    FENCING,
    /// Writers wait; both sides are compared.
    VERIFYING,
    /// The registry names the target.
    SWITCHED,
    /// The source serves the transactions that began there, then is cleared.
    DRAINING,
    DONE,
    /// The tenant is where it was, and nothing is left at the target.
    ROLLED_BACK,
    /// The tenant is where it was; the target could not be cleared yet.
    FAILED;

    /// Nothing more happens.
    public boolean ended() {
        return this == DONE || this == ROLLED_BACK || this == FAILED;
    }

    /// The tenant is still at the source, and nothing but the move itself would be lost by going back.
    public boolean mayRollBack() {
        return switch (this) {
            case COPYING, CATCHING_UP, FENCING, VERIFYING -> true;
            case SWITCHED, DRAINING, DONE, ROLLED_BACK, FAILED -> false;
        };
    }

    /// The word in the database and on the wire.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static MoveState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
