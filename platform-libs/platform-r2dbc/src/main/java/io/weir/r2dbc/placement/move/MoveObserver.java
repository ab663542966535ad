package io.weir.r2dbc.placement.move;

/// Told when a move comes to a point. For tests, which end the process there.
@FunctionalInterface
interface MoveObserver {

    /// @param point a state's word, or a word for a place inside one
    void at(Move move, String point);

    /// Looks away.
    static MoveObserver none() {
        return (move, point) -> {};
    }
}
