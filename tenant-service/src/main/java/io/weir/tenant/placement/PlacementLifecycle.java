package io.weir.tenant.placement;

import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.move.MoveRunner;
import io.weir.r2dbc.placement.move.Moves;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Moves go on as long as the service runs, where it has the logins for them.
final class PlacementLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PlacementLifecycle.class);

    private final SiteConnections connections;
    private final MoveRunner runner;
    private final BridgeCapacity capacity;
    private volatile boolean running;

    PlacementLifecycle(SiteConnections connections, Moves moves, BridgeCapacity capacity) {
        this.connections = connections;
        this.runner = moves.runner();
        this.capacity = capacity;
    }

    // After the database is ready, before requests.
    @Override
    public int getPhase() {
        return runner.getPhase();
    }

    @Override
    public void start() {
        if (connections.canPlace()) {
            capacity.start();
            runner.start();
        } else {
            LOG.warn("Every tenant stays in the pool: weir.postgres.mover and weir.postgres.provisioner are not set");
        }
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        if (runner.isRunning()) {
            runner.stop();
            capacity.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
