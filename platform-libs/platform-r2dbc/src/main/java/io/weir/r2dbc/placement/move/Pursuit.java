package io.weir.r2dbc.placement.move;

import java.sql.SQLException;
import java.time.Duration;

/// Applies the source's changes at the target until there are few, and, behind the fence, until there are none.
record Pursuit(ChangeSlot slot, Ends ends, ChangeApplier applier) {

    private static final int FEW = 200;
    private static final Duration QUICK = Duration.ofMillis(500);

    /// @param whole the target had everything that was committed when the round began
    private record Round(int changes, boolean whole) {}

    /// Until what is left takes no time worth mentioning.
    void catchUp() throws SQLException {
        Round round;
        long took;
        do {
            long begun = System.nanoTime();
            round = round();
            took = System.nanoTime() - begun;
        } while (!round.whole() || round.changes() > FEW || (round.changes() > 0 && took > QUICK.toNanos()));
    }

    /// Until nothing is left. Writers must be fenced.
    void finish(Fence fence) throws SQLException {
        fence.bound(ends.source());
        fence.bound(ends.target());
        try {
            do {
                fence.left();
            } while (!round().whole());
        } catch (SQLException failed) {
            throw fence.cutOff(failed);
        }
    }

    private Round round() throws SQLException {
        ends.enter();
        long end = ChangeSlot.logEnd(ends.source());
        ChangeSlot.Glance glance = slot.peek(ends.source());
        int changes = applier.apply(glance.committed());
        slot.advance(
                ends.source(),
                glance.whole() ? end : glance.committed().getLast().end());
        return new Round(changes, glance.whole());
    }
}
