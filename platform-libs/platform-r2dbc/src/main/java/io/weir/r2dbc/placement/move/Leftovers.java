package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.SiteConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what moves left that could not clean up after themselves: replication slots, which make the server keep its
/// log for ever, and rows at targets that were away.
final class Leftovers {

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final SiteConnections connections;
    private final Clearing clearing;

    Leftovers(SiteConnections connections, Clearing clearing) {
        this.connections = connections;
        this.clearing = clearing;
    }

    /// @param running moves of this process, which need theirs
    void remove(Set<UUID> running) throws SQLException {
        try (Connection home = connections.mover(connections.home())) {
            dropSlots(home, running);
            for (Move move : Move.uncleared(home)) {
                clear(home, move);
            }
        }
    }

    // As long as the tenant is moved again, the place may be the new move's: later.
    private void clear(Connection home, Move move) {
        try (Connection lease = connections.mover(connections.home())) {
            boolean ours = Jdbc.first(
                            lease,
                            row -> row.getBoolean(1),
                            MoveRunner.LEASE,
                            move.tenant().value())
                    .orElse(false);
            if (!ours || move.hasSuccessor(home)) {
                return;
            }
            clearing.rollBack(home, move);
            move.cleared(home);
            LOG.info("{} has left nothing at {} any more", move, move.toSite());
        } catch (SQLException | RuntimeException failed) {
            LOG.warn("{} still has something at {}: {}", move, move.toSite(), failed.toString());
        }
    }

    // The databases of this service only: others on the cluster have moves of their own.
    private void dropSlots(Connection home, Set<UUID> running) throws SQLException {
        List<String> slots = Jdbc.list(
                home,
                row -> row.getString(1),
                "SELECT slot_name FROM pg_replication_slots WHERE starts_with(slot_name, ?) AND NOT active"
                        + " AND database IN (SELECT database FROM placement.database)",
                ChangeSlot.PREFIX);
        // Asked after the slots: a move that begins meanwhile is known before its slot is made.
        Set<String> needed = Move.unfinished(home).stream()
                .map(move -> ChangeSlot.of(move.id()).name())
                .collect(Collectors.toSet());
        running.forEach(move -> needed.add(ChangeSlot.of(move).name()));
        for (String slot : slots) {
            if (!needed.contains(slot)) {
                new ChangeSlot(slot).drop(home);
                LOG.warn("Dropped replication slot {}: no move needs it", slot);
            }
        }
    }
}
