package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.ProofKey;
import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.PlacementProperties;
import io.weir.r2dbc.placement.PlacementRegistry;
import io.weir.r2dbc.placement.Placements;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.SiteDatabase;
import io.weir.r2dbc.placement.SiteMaker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives one move from the state in which it finds it to its end. Each step may be repeated: after a crash, the next
/// process goes on from what the registry says. Blocks; one mover per tenant at a time (see [MoveRunner]).
final class Mover {

    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

    private final SiteConnections connections;
    private final SiteMaker maker;
    private final Clearing clearing;
    private final Placements placements;
    private final PlacementProperties properties;
    private final ProofKey key;
    private final Announcer announcer;
    private final MoveObserver observer;

    Mover(
            SiteConnections connections,
            SiteMaker maker,
            Clearing clearing,
            Placements placements,
            PlacementProperties properties,
            ProofKey key,
            Announcer announcer,
            MoveObserver observer) {
        this.connections = connections;
        this.maker = maker;
        this.clearing = clearing;
        this.placements = placements;
        this.properties = properties;
        this.key = key;
        this.announcer = announcer;
        this.observer = observer;
    }

    /// Throws [MoveFailedException] where only going back helps, and [SQLException] where another attempt may.
    ///
    /// @param home holds the lease on the tenant's moves: losing it ends this run
    void run(Connection home, Move begun) throws SQLException {
        Move move = begun;
        while (!move.state().ended()) {
            observer.at(move, move.state().word());
            step(home, move);
            move = current(home, move);
        }
        LOG.info("{}: {} rows, writers waited {} ms", move, move.rowsTotal(), move.fenceMillis());
    }

    private void step(Connection home, Move move) throws SQLException {
        switch (move.state()) {
            case COPYING -> copy(home, move);
            case CATCHING_UP, FENCING, VERIFYING -> catchUp(home, move);
            case SWITCHED -> announce(home, move);
            case DRAINING -> drain(home, move);
            case DONE, ROLLED_BACK, FAILED -> throw new IllegalStateException(move + " has ended");
        }
    }

    private void copy(Connection home, Move move) throws SQLException {
        SiteDatabase to = to(home, move);
        placements.make(new Placements.Choice(to, move.toSchema(), move.target()));
        observer.at(move, "prepared");
        ChangeSlot slot = ChangeSlot.of(move.id());
        try (Ends ends = open(home, move)) {
            List<PlacedTable> tables = ends.tables();
            Ends.deleteRows(ends.target(), move.toSchema(), tables, move, key);
            slot.drop(ends.source());
            try (Connection owner = connections.owner(ends.from())) {
                slot.publish(owner, move.fromSchema(), tables, move.tenant());
            }
            observer.at(move, "published");
            copySnapshot(home, move, slot, ends, tables);
        }
        move.enter(home, MoveState.CATCHING_UP);
    }

    private void copySnapshot(Connection home, Move move, ChangeSlot slot, Ends ends, List<PlacedTable> tables)
            throws SQLException {
        try (Connection replication = connections.replication(ends.from())) {
            ChangeSlot.Opened opened = slot.open(replication);
            ends.applier(tables).begin(opened.position());
            ends.enter();
            Connection source = ends.source();
            source.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Jdbc.inTransaction(source, () -> {
                Jdbc.run(source, "SET TRANSACTION SNAPSHOT '" + opened.snapshot() + "'");
                move.counted(home, count(ends, tables));
                observer.at(move, "snapshot");
                copyTables(home, move, ends, tables);
            });
            source.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    private void copyTables(Connection home, Move move, Ends ends, List<PlacedTable> tables) throws SQLException {
        SnapshotCopy copy =
                new SnapshotCopy(move.tenant(), ends.source(), move.fromSchema(), ends.target(), move.toSchema());
        long[] copied = {0};
        for (PlacedTable table : tables) {
            copy.copy(table, rows -> {
                copied[0] += rows;
                move.copied(home, copied[0]);
                key.enter(ends.target(), move.tenant());
                observer.at(move, "copied");
            });
        }
    }

    private static long count(Ends ends, List<PlacedTable> tables) throws SQLException {
        long rows = 0;
        for (PlacedTable table : tables) {
            rows += Jdbc.first(
                            ends.source(),
                            row -> row.getLong(1),
                            "SELECT count(*) FROM " + table.in(ends.move().fromSchema()) + " WHERE tenant_id = ?",
                            ends.move().tenant().value())
                    .orElse(0L);
        }
        return rows;
    }

    private void catchUp(Connection home, Move move) throws SQLException {
        ChangeSlot slot = ChangeSlot.of(move.id());
        // First of all: a mover that was killed in the middle of its switch has left writers waiting. Before they go on
        // it must be certain that it did not switch after all.
        move.enter(home, MoveState.CATCHING_UP);
        unmarkSource(home, move);
        try (Ends ends = open(home, move)) {
            if (!slot.exists(ends.source())) {
                LOG.warn("{} has lost its place in the log and copies again", move);
                move.enter(home, MoveState.COPYING);
                return;
            }
            List<PlacedTable> tables = ends.tables();
            Pursuit pursuit = new Pursuit(slot, ends, ends.applier(tables));
            pursuit.catchUp();
            observer.at(move, "caught_up");
            fence(home, move, ends, tables, pursuit);
        }
    }

    private void fence(Connection home, Move move, Ends ends, List<PlacedTable> tables, Pursuit pursuit)
            throws SQLException {
        move.enter(home, MoveState.FENCING);
        observer.at(move, MoveState.FENCING.word());
        try (Fence fence = Fence.raise(connections.mover(ends.from()), move, properties.fence())) {
            observer.at(move, "fenced");
            pursuit.finish(fence);
            move.enter(home, MoveState.VERIFYING);
            observer.at(move, MoveState.VERIFYING.word());
            Verification.demandEqual(ends, tables, fence);
            observer.at(move, "verified");
            new Switch(home, ends, observer).turn(fence);
        } catch (FenceTooLongException tooLong) {
            if (move.fences() + 1 >= properties.fences()) {
                throw new MoveFailedException(
                        "given up after " + properties.fences() + " fences: " + tooLong.getMessage(), tooLong);
            }
            LOG.info("{} lets writers go on and tries again: {}", move, tooLong.getMessage());
            move.fenceGivenUp(home, String.valueOf(tooLong.getMessage()));
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1L + move.fences()));
        }
    }

    private void announce(Connection home, Move move) throws SQLException {
        SiteDatabase from = PlacementRegistry.database(home, move.fromSite());
        try (Connection source = connections.mover(from)) {
            Ends.markDeparted(source, move.tenant(), move.fromSchema());
            observer.at(move, "departed");
            ChangeSlot.of(move.id()).drop(source);
        }
        clearing.unpublish(from, move);
        try (Connection target = connections.mover(to(home, move))) {
            ChangeApplier.forget(target, move.id());
        }
        announcer.moved(move.tenant(), move.target());
        observer.at(move, "announced");
        move.enter(home, MoveState.DRAINING);
    }

    private void drain(Connection home, Move move) throws SQLException {
        Instant switched = move.switchedAt();
        if (switched != null) {
            Duration left = Duration.between(Instant.now(), switched.plus(properties.drain()));
            LockSupport.parkNanos(Math.max(0, left.toNanos()));
        }
        clearing.source(home, move);
        observer.at(move, "cleared");
        move.done(home);
    }

    private void unmarkSource(Connection home, Move move) throws SQLException {
        try (Connection source = connections.mover(PlacementRegistry.database(home, move.fromSite()))) {
            Ends.unmark(source, move.tenant(), move.fromSchema());
        }
    }

    private Ends open(Connection home, Move move) throws SQLException {
        SiteDatabase from = PlacementRegistry.database(home, move.fromSite());
        SiteDatabase to = to(home, move);
        // A process that resumes a move may never have been there.
        maker.register(from);
        maker.register(to);
        return Ends.open(move, from, to, connections, key);
    }

    private static SiteDatabase to(Connection home, Move move) throws SQLException {
        return PlacementRegistry.database(home, move.toSite());
    }

    private static Move current(Connection home, Move move) throws SQLException {
        return Move.find(home, move.tenant(), move.id())
                .orElseThrow(() -> new IllegalStateException(move + " has left the registry"));
    }
}
