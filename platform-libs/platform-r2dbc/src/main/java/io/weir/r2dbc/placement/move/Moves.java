package io.weir.r2dbc.placement.move;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.ProofKey;
import io.weir.r2dbc.placement.Location;
import io.weir.r2dbc.placement.PlacementProperties;
import io.weir.r2dbc.placement.PlacementRegistry;
import io.weir.r2dbc.placement.Placements;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.r2dbc.placement.SiteMaker;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/// Begins moves and tells how far they are. Blocks; safe for use by many threads.
public final class Moves {

    private final SiteConnections connections;
    private final Placements placements;
    private final MoveRunner runner;

    /// Moves of a service.
    public Moves(SiteConnections connections, PlacementProperties properties, ProofKey key, Announcer announcer) {
        this(connections, properties, key, announcer, MoveObserver.none());
    }

    Moves(
            SiteConnections connections,
            PlacementProperties properties,
            ProofKey key,
            Announcer announcer,
            MoveObserver observer) {
        SiteMaker maker = new SiteMaker(connections, key);
        this.connections = connections;
        this.placements = new Placements(connections, maker, properties);
        Clearing clearing = new Clearing(connections, maker, key);
        Mover mover = new Mover(connections, maker, clearing, placements, properties, key, announcer, observer);
        this.runner = new MoveRunner(
                connections, placements, mover, clearing, new Leftovers(connections, clearing), properties.moves());
    }

    /// What drives them, to be started and stopped with the service.
    public MoveRunner runner() {
        return runner;
    }

    /// Accepts a move; it begins in a moment. Fails with a 409 where the tenant is there already or is being moved,
    /// and with a 503 naming the cap where there is no room.
    ///
    /// @param schema the tenant's own, for a bridge
    public UUID begin(TenantId tenant, Placement target, String schema) {
        UUID id = UUID.randomUUID();
        try (Connection registry = connections.mover(connections.home())) {
            Location from = PlacementRegistry.location(registry, tenant);
            if (from.placement() == target) {
                throw new PlatformException(
                        ProblemType.CONFLICT, "The tenant is in '" + target.wireName() + "' already.");
            }
            placements.choose(
                    target,
                    schema,
                    tenant,
                    from.epoch() + 1,
                    (home, to) -> Move.begin(
                            home,
                            tenant,
                            id,
                            new Move.Place(from.site(), from.schema()),
                            target,
                            new Move.Place(to.database().name(), to.schema())));
        } catch (SQLException failed) {
            throw away(failed);
        }
        runner.wake();
        return id;
    }

    /// The move of that id, where it is the tenant's.
    public Optional<Move> find(TenantId tenant, UUID id) {
        try (Connection home = connections.mover(connections.home())) {
            return Move.find(home, tenant, id);
        } catch (SQLException failed) {
            throw away(failed);
        }
    }

    private static PlatformException away(SQLException failed) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "The registry of placements cannot be reached. Try again in a moment.",
                failed);
    }
}
