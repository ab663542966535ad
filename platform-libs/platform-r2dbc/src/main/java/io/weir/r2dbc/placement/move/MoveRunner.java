package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.Placements;
import io.weir.r2dbc.placement.SiteConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Drives the moves that the registry holds, those of former processes too. Several processes may run one each: a move
/// belongs to who holds the lock on its tenant's moves, a lock that ends with the process.
public final class MoveRunner implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MoveRunner.class);
    // How soon a move goes on whose process has died.
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration SWEEP = Duration.ofMinutes(10);
    private static final int ATTEMPTS = 5;
    /// Asks for the tenant's moves, for as long as the connection lives.
    static final String LEASE = "SELECT pg_try_advisory_lock(tenant.lock_key(?) # 2)";

    private final SiteConnections connections;
    private final Placements placements;
    private final Mover mover;
    private final Clearing clearing;
    private final Leftovers leftovers;
    private final Semaphore places;
    private final Semaphore wake = new Semaphore(0);
    private final Set<UUID> running = ConcurrentHashMap.newKeySet();
    private final Map<UUID, Integer> attempts = new ConcurrentHashMap<>();
    private volatile boolean started;

    MoveRunner(
            SiteConnections connections,
            Placements placements,
            Mover mover,
            Clearing clearing,
            Leftovers leftovers,
            int atOnce) {
        this.connections = connections;
        this.placements = placements;
        this.mover = mover;
        this.clearing = clearing;
        this.leftovers = leftovers;
        this.places = new Semaphore(atOnce);
    }

    /// Looks at once for moves to drive.
    public void wake() {
        wake.release();
    }

    // After the database is ready; moves go on while requests are served.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 700;
    }

    @Override
    public void start() {
        started = true;
        Thread.ofVirtual().name("placement-moves").start(this::look);
    }

    // A move that is cut off here goes on in the next process.
    @Override
    public void stop() {
        started = false;
        wake();
    }

    @Override
    public boolean isRunning() {
        return started;
    }

    private void look() {
        long swept = System.nanoTime() - SWEEP.toNanos();
        try {
            while (started) {
                beginAll();
                if (System.nanoTime() - swept >= SWEEP.toNanos()) {
                    swept = System.nanoTime();
                    Thread.ofVirtual().name("placement-sweep").start(this::sweep);
                }
                boolean woken = wake.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS);
                LOG.trace("Looking for moves, woken: {}", woken);
                wake.drainPermits();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweep() {
        try {
            leftovers.remove(running);
            placements.sweep();
        } catch (SQLException | RuntimeException failed) {
            LOG.warn("What former moves left could not be removed, trying again later: {}", failed.toString());
        }
    }

    private void beginAll() {
        try (Connection home = connections.mover(connections.home())) {
            for (Move move : Move.unfinished(home)) {
                if (!running.contains(move.id()) && places.tryAcquire()) {
                    running.add(move.id());
                    Thread.ofVirtual().name("move-" + move.tenant()).start(() -> drive(move));
                }
            }
        } catch (SQLException | RuntimeException failed) {
            LOG.warn("Moves wait for the registry: {}", failed.toString());
        }
    }

    private void drive(Move found) {
        try (Connection home = connections.mover(connections.home())) {
            boolean ours = Jdbc.first(
                            home,
                            row -> row.getBoolean(1),
                            LEASE,
                            found.tenant().value())
                    .orElse(false);
            if (ours) {
                drive(home, found);
            }
        } catch (SQLException | RuntimeException failed) {
            LOG.warn("{} stands still until the registry answers: {}", found, failed.toString());
        } finally {
            running.remove(found.id());
            places.release();
        }
    }

    private void drive(Connection home, Move found) throws SQLException {
        // Another process may have brought it further before the lock was ours.
        Move move = Move.find(home, found.tenant(), found.id()).orElse(found);
        try {
            mover.run(home, move);
            attempts.remove(move.id());
        } catch (MoveFailedException hopeless) {
            goBack(home, move, hopeless);
        } catch (SQLException | RuntimeException failed) {
            int attempt = attempts.merge(move.id(), 1, Integer::sum);
            LOG.warn("{} failed, attempt {}", move, attempt, failed);
            if (attempt >= ATTEMPTS) {
                goBack(home, move, failed);
            }
        }
    }

    private void goBack(Connection home, Move begun, Exception why) throws SQLException {
        Move move = Move.find(home, begun.tenant(), begun.id()).orElse(begun);
        if (!move.state().mayRollBack()) {
            LOG.error("{} cannot go on and is past going back; it is tried again", move, why);
            return;
        }
        String reason = String.valueOf(why.getMessage());
        // A switch whose commit is still on its way is waited for here, and then ends this; one that comes later fails.
        move.enter(home, MoveState.COPYING);
        LOG.error("{} is taken back: {}", move, reason);
        try {
            clearing.rollBack(home, move);
            move.rolledBack(home, reason);
        } catch (SQLException | RuntimeException failed) {
            LOG.error("{} left something at {}; it is removed later", move, move.toSite(), failed);
            move.failed(home, reason);
        }
        attempts.remove(move.id());
    }
}
