package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.ProofKey;
import io.weir.r2dbc.Site;
import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.Location;
import io.weir.r2dbc.placement.PlacementRegistry;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.SiteDatabase;
import io.weir.r2dbc.placement.SiteKind;
import io.weir.r2dbc.placement.SiteMaker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Takes away what a move leaves: at its source after the switch, at its target where there was none. Each may be
/// repeated. Blocks.
final class Clearing {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_READER = Duration.ofSeconds(60);
    private static final String NO_SUCH_DATABASE = "3D000";

    private final SiteConnections connections;
    private final SiteMaker maker;
    private final ProofKey key;

    Clearing(SiteConnections connections, SiteMaker maker, ProofKey key) {
        this.connections = connections;
        this.maker = maker;
        this.key = key;
    }

    /// Removes what the place that a tenant has left holds of it, once nobody reads there any more.
    void source(Connection home, Move move) throws SQLException {
        Optional<SiteDatabase> from = PlacementRegistry.find(home, move.fromSite());
        if (from.isEmpty()) {
            return;
        }
        try {
            try (Connection source = connections.mover(from.get())) {
                awaitReaders(source, move);
            }
            clear(home, from.get(), move.fromSchema(), move);
        } catch (SQLException failed) {
            demandGone(home, from.get(), failed);
        }
    }

    /// Takes back everything that a move did which did not come to a switch. Where a later move has brought
    /// the tenant to the same place, that is not touched. Throws [SQLException] where some of it is left.
    void rollBack(Connection home, Move move) throws SQLException {
        Optional<SiteDatabase> from = PlacementRegistry.find(home, move.fromSite());
        if (from.isPresent()) {
            leaveSource(home, from.get(), move);
        }
        Optional<SiteDatabase> to = PlacementRegistry.find(home, move.toSite());
        if (to.isEmpty() || PlacementRegistry.isAt(home, move.tenant(), move.toSite(), move.toSchema())) {
            return;
        }
        try {
            if (to.get().kind() != SiteKind.SILO) {
                try (Connection target = connections.mover(to.get())) {
                    ChangeApplier.forget(target, move.id());
                    Ends.markDeparted(target, move.tenant(), move.toSchema());
                }
            }
            clear(home, to.get(), move.toSchema(), move);
        } catch (SQLException failed) {
            demandGone(home, to.get(), failed);
        }
    }

    private void leaveSource(Connection home, SiteDatabase from, Move move) throws SQLException {
        Location now = PlacementRegistry.location(home, move.tenant());
        try (Connection source = connections.mover(from)) {
            // Long after the move the tenant may be elsewhere: then nobody is to come back here.
            if (now.site().equals(move.fromSite()) && now.schema().equals(move.fromSchema())) {
                Ends.unmark(source, move.tenant(), move.fromSchema());
            }
            ChangeSlot.of(move.id()).drop(source);
        }
        unpublish(from, move);
    }

    /// Ends the publication of the tenant's rows.
    void unpublish(SiteDatabase from, Move move) throws SQLException {
        try (Connection owner = connections.owner(from)) {
            ChangeSlot.of(move.id()).unpublish(owner);
        }
    }

    // The lock is only tried: nobody who reads is ever behind the mover.
    private static void awaitReaders(Connection source, Move move) throws SQLException {
        long deadline = System.nanoTime() + LONGEST_READER.toNanos();
        String attempt = "SELECT pg_try_advisory_xact_lock(tenant.lock_key(?) # 1)";
        while (!Jdbc.first(
                        source, row -> row.getBoolean(1), attempt, move.tenant().value())
                .orElse(false)) {
            if (System.nanoTime() - deadline > 0) {
                throw new SQLException("a reader of the tenant has not ended for " + LONGEST_READER);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void clear(Connection home, SiteDatabase site, String schema, Move move) throws SQLException {
        // A database of another cluster is its operator's: only the rows are ours.
        if (site.kind() == SiteKind.SILO && site.host() == null) {
            maker.dropDatabase(site);
            PlacementRegistry.remove(home, site.name());
        } else if (schema.equals(Site.PUBLIC)) {
            maker.register(site);
            try (Connection mover = connections.mover(site)) {
                List<PlacedTable> tables =
                        PlacedTable.of(mover, schema, connections.roles().mover());
                Ends.deleteRows(mover, schema, tables, move, key);
            }
        } else {
            maker.dropSchema(site, schema);
        }
    }

    // A database that is gone holds nothing.
    private static void demandGone(Connection home, SiteDatabase site, SQLException failed) throws SQLException {
        if (!NO_SUCH_DATABASE.equals(failed.getSQLState())) {
            throw failed;
        }
        PlacementRegistry.remove(home, site.name());
    }
}
