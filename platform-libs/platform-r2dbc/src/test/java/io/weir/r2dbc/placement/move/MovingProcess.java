package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.placement.PlacedDatabase;
import io.weir.r2dbc.placement.SiteConnections;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// A process that drives moves and can be killed. At the point that it is told it says so, and stands still there.
final class MovingProcess {

    private MovingProcess() {}

    /// Begins when it is written to.
    ///
    /// @param arguments host, port, database, and the point at which to stand still; `-` for none
    public static void main(String[] arguments) throws IOException {
        String point = arguments[3];
        PostgresPools pools = new PostgresPools(
                PlacedDatabase.postgres(arguments[0], Integer.parseInt(arguments[1]), arguments[2], 1));
        SiteConnections connections = new SiteConnections(
                PlacedDatabase.postgres(arguments[0], Integer.parseInt(arguments[1]), arguments[2], 1));
        AtomicBoolean there = new AtomicBoolean();
        Moves moves = new Moves(
                connections,
                PlacedDatabase.quick(500, 8),
                pools.proofKey(),
                (tenant, placement) -> {},
                (move, at) -> standStill(at.equals(point) && there.compareAndSet(false, true), at));
        say("READY");
        if (System.in.read() < 0) {
            return;
        }
        moves.runner().start();
        while (true) {
            LockSupport.park();
        }
    }

    private static void standStill(boolean still, String point) {
        if (still) {
            say("AT " + point);
            while (true) {
                LockSupport.park();
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
